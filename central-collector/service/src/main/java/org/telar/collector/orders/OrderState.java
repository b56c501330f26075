package org.telar.collector.orders;

/** States of an order, the document's own words (A7, R73). */
public enum OrderState {
    NEW,
    VALIDATED,
    REJECTED,
    SENT,
    RUNNING,
    EXE,
    WARN,
    FAIL,
    CANCELLED,
    EXPIRED;

    public boolean isFinal() {
        return switch (this) {
            case NEW, VALIDATED, SENT, RUNNING -> false;
            default -> true;
        };
    }
}
