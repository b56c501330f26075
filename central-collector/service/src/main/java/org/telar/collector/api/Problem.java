package org.telar.collector.api;

import java.util.Map;

import org.springframework.http.HttpStatus;

/** An answer that says what is wrong, with a code a program can use. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String code;
    private final transient Map<String, Object> more;

    Problem(HttpStatus status, String code, String detail) {
        this(status, code, detail, Map.of());
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

    Map<String, Object> more() {
        return more;
    }
}
