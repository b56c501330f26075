package org.telar.collector;

/**
 * The collector cannot start as it was asked to. The message is one sentence for people: which file, key or port, what
 * was expected. The process prints it without a stack trace and ends with exit code {@value #EXIT_CODE}.
 */
public class RefusedException extends RuntimeException {
    /** Precondition not met (the command line's table of exit codes). */
    public static final int EXIT_CODE = 6;

    private static final long serialVersionUID = 1L;

    public RefusedException(String sentence) {
        super(sentence);
    }

    public RefusedException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
