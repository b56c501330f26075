package org.telar.collector.api;

import java.util.Locale;
import java.util.Map;

import org.springframework.http.HttpStatus;
import org.telar.collector.BadInput;

/** An answer that says what is wrong, with a code a program can use. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String code;
    private final transient Map<String, Object> more;

    Problem(HttpStatus status, String code, String detail) {
        this(status, code, detail, Map.of());
    }

    /** Told in the language of who asked. */
    Problem(HttpStatus status, BadInput what) {
        this(status, what.code(), what.getMessage(), Map.of());
        initCause(what);
    }

    Problem(HttpStatus status, String code, String detail, Map<String, Object> more) {
        super(detail);
        this.status = status;
        this.code = code;
        this.more = more;
    }

    HttpStatus status() {
        return status;
    }

    String code() {
        return code;
    }

    String sentence(Locale locale) {
        return getCause() instanceof BadInput what ? what.sentence(locale) : getMessage();
    }

    Map<String, Object> more() {
        return more;
    }
}
