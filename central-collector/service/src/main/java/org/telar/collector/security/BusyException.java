package org.telar.collector.security;

/** Too many people log in at this moment: try again in a few seconds. */
public final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
