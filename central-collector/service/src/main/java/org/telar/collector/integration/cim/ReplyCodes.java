package org.telar.collector.integration.cim;

import org.telar.api.model.Ko;

/** Our stable codes as reply codes of IEC 61968-9: a table, many to one (D13). */
public final class ReplyCodes {
    /** Some samples missing; also the last part of a message in parts. */
    public static final String PARTIAL = "0.2";
    /** A part of a message in parts; more follow. */
    public static final String MORE = "0.1";

    public static final String UNSUPPORTED_TYPE = "2.10";
    public static final String SOURCE = "2.14";
    public static final String NOT_ATTEMPTED = "5.2";

    private ReplyCodes() {}

    public static String of(Ko ko) {
        return switch (ko) {
            case UNKNOWN_METER -> "2.4";
            case UNSUPPORTED -> UNSUPPORTED_TYPE;
            case NOT_BOUND -> "2.29";
            case NOT_COMMISSIONED, SUSPENDED, CONCENTRATOR_DOWN -> NOT_ATTEMPTED;
            case METER_SILENT, METER_UNREACHABLE, CONCENTRATOR_FAULT, AUTH_FAILED, IDENTITY, PROTOCOL, INTERNAL ->
                "5.3";
            case CLOCK_UNRESOLVED -> "5.7";
            case DEADLINE -> "4.1";
            case BUSY -> "5.1";
            case CANCELLED -> "6.5";
        };
    }
}
