package org.telar.extraction.internal;

/** The command cannot do what it was asked; has a key of {@code words.properties} and an exit code. */
public final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    static final int USAGE = 2;
    static final int PRECONDITION = 6;
    static final int CONFLICT = 7;

    private final int exit;
    private final String key;
    private final transient Object[] arguments;

    Refused(int exit, String key, Object... arguments) {
        super(key);
        this.exit = exit;
        this.key = key;
        this.arguments = arguments.clone();
    }

    int exit() {
        return exit;
    }

    String sentence(Words words) {
        return words.say(key, arguments);
    }
}
