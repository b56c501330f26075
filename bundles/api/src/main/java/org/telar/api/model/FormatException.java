package org.telar.api.model;

/** Encoded bytes that do not follow their format: what was expected, and at which offset. */
public class FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    public FormatException(String message) {
        super(message);
    }

    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
