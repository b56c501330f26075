package org.telar.agent;

/** The bundles could not be put together: a damaged installation. */
final class AssemblyException extends Exception {
    private static final long serialVersionUID = 1L;

    AssemblyException(String message, Throwable cause) {
        super(message, cause);
    }
}
