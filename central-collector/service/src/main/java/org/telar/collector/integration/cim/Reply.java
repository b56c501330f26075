package org.telar.collector.integration.cim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The Reply of a ResponseMessage or FaultMessage (IEC 61968-100).
 *
 * @param errors one per meter; also carries acknowledgement (0.3) and "more follows" (0.1), which are no faults
 */
public record Reply(Result result, List<Error> errors) {
    /** EXE is OK; WARN is PARTIAL, or OK with a WARNING; FAIL, REJECTED and EXPIRED are FAILED (R73). */
    public enum Result {
        OK,
        PARTIAL,
        FAILED
    }

    /** How much an error weighs. */
    public enum Level {
        INFORM,
        WARNING,
        FATAL
    }

    /**
     * @param code reply code {@code n.n}
     * @param reason our own stable code (D13), or empty
     * @param details a sentence, or empty
     * @param object what it is about, for example {@code Meter} or {@code Order}; empty with {@code id}
     * @param id name of the object
     */
    public record Error(String code, Level level, String reason, String details, String object, String id) {
        private static final int MAX_DETAILS = 500;

        public Error {
            if (!code.matches("\\d{1,2}\\.\\d{1,2}")) {
                throw new IllegalArgumentException("a reply code is n.n, got " + code);
            }
            details = Printable.of(details, MAX_DETAILS);
            id = Printable.of(id, MAX_DETAILS);
        }

        /** A fault of the message as a whole. */
        public static Error of(String code, String reason, String details) {
            return new Error(code, Level.FATAL, reason, details, "", "");
        }

        public static Error ofMeter(String code, Level level, String reason, String details, String meter) {
            return new Error(code, level, reason, details, "Meter", meter);
        }
    }

    public Reply {
        errors = List.copyOf(errors);
    }

    /** Taken; the answer follows (0.3). */
    public static Reply acknowledged(List<Error> more) {
        List<Error> errors = new ArrayList<>();
        errors.add(new Error("0.3", Level.INFORM, "", "acknowledged; the answer follows", "", ""));
        errors.addAll(more);
        return new Reply(more.isEmpty() ? Result.OK : Result.PARTIAL, errors);
    }

    public static Reply ok() {
        return new Reply(Result.OK, List.of(new Error("0.0", Level.INFORM, "", "", "", "")));
    }

    public static Reply failed(List<Error> errors) {
        return new Reply(Result.FAILED, errors);
    }

    /** The code that stands for the whole, for the journal: the gravest of the errors', 0.0 without one. */
    public String code() {
        TreeMap<Level, String> byLevel = new TreeMap<>();
        errors.forEach(e -> byLevel.putIfAbsent(e.level(), e.code()));
        return byLevel.isEmpty() ? "0.0" : byLevel.lastEntry().getValue();
    }
}
