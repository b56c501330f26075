package org.telar.harness;

/** Something outside did not behave: the message is meant for a person, the exit code for a script. */
public final class HarnessException extends Exception {
    /** A precondition of this machine or folder is not met. */
    public static final int PRECONDITION = 6;
    /** Something is already in use. */
    public static final int CONFLICT = 7;
    /** A deadline passed. */
    public static final int TIMEOUT = 4;
    /** Anything else. */
    public static final int UNEXPECTED = 1;

    private final int exitCode;

    public HarnessException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public HarnessException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The exit code of the command line for this failure. */
    public int exitCode() {
        return exitCode;
    }
}
