package org.telar.concentrator.internal;

/** The concentrator cannot start with what it was given; the message is for people. */
public class StartRefused extends Exception {
    private static final long serialVersionUID = 1L;

    public StartRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
