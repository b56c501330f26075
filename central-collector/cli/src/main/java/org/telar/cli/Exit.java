package org.telar.cli;

/** Exit codes of every command. */
public final class Exit {
    public static final int OK = 0;
    /** A fault of ours. */
    public static final int UNEXPECTED = 1;

    public static final int USAGE = 2;
    /** Part of what was asked was done. */
    public static final int PARTIAL = 3;
    /** A deadline passed, or the collector cannot be reached. */
    public static final int UNREACHABLE = 4;
    /** The token or a certificate was refused. */
    public static final int AUTHENTICATION = 5;
    /** Something that must be there is not. */
    public static final int PRECONDITION = 6;
    /** The state of things forbids it. */
    public static final int CONFLICT = 7;
    /** Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private Exit() {}
}
