package org.telar.agent;

/** A profile or configuration cannot be used: file, line or key, what was expected. The message is for people. */
final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    ConfigException(String message) {
        super(message);
    }
}
