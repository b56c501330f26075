package org.telar.image;

import java.util.Locale;

/** The image cannot be made: what, why, and what to do, for people. */
public final class ImageException extends Exception {
    private static final long serialVersionUID = 1L;

    static final int UNEXPECTED = 1;
    static final int USAGE = 2;
    static final int PROFILE = 3;
    static final int MISSING = 6;

    private final int code;
    private final String spanish;

    ImageException(int code, String english, String spanish) {
        super(english);
        this.code = code;
        this.spanish = spanish;
    }

    /** Exit code of {@code telar image}. */
    int code() {
        return code;
    }

    String sentence(Locale locale) {
        return locale.getLanguage().equals("es") ? spanish : getMessage();
    }
}
