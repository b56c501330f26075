package org.telar.collector.api;

import java.time.DateTimeException;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.telar.collector.BadInput;
import org.telar.collector.plans.Plans;

/** Faults as problem+json. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> problem(Problem p, Locale locale) {
        ProblemDetail detail = detail(p.status(), p.code(), p.sentence(locale));
        p.more().forEach(detail::setProperty);
        return ResponseEntity.status(p.status()).body(detail);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> bad(BadInput e, Locale locale) {
        HttpStatus status = e instanceof Plans.Unknown
                ? HttpStatus.NOT_FOUND
                : e instanceof Plans.KeyConflict || e instanceof Plans.WrongState
                        ? HttpStatus.CONFLICT
                        : HttpStatus.UNPROCESSABLE_CONTENT;
        return ResponseEntity.status(status).body(detail(status, e.code(), e.sentence(locale)));
    }

    @ExceptionHandler({IllegalArgumentException.class, DateTimeException.class})
    ResponseEntity<ProblemDetail> badRequest(RuntimeException e) {
        return ResponseEntity.badRequest().body(detail(HttpStatus.BAD_REQUEST, "BAD_REQUEST", e.getMessage()));
    }

    @ExceptionHandler({DataAccessException.class, TransactionException.class})
    ResponseEntity<ProblemDetail> database(RuntimeException e) {
        LOG.warn("A request failed in the database", e);
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .body(detail(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "DATABASE",
                        "The central database did not do it; try again in a moment."));
    }

    private static ProblemDetail detail(HttpStatus status, String code, String text) {
        ProblemDetail detail = ProblemDetail.forStatusAndDetail(status, String.valueOf(text));
        detail.setProperty("code", code);
        return detail;
    }
}
