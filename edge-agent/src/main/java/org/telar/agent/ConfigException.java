package org.telar.agent;

/** A profile or configuration cannot be used: file, line or key, what was expected. The message is for people. */
final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String spanish;

    ConfigException(String message) {
        this(message, message);
    }

    ConfigException(String message, String spanish) {
        super(message);
        this.spanish = spanish;
    }

    /** The same in Spanish, where it has been written. */
    String spanish() {
        return spanish;
    }
}
