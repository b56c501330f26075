package org.telar.harness.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What one round was like, as in the JSON of {@code telar faults}.
 *
 * @param fault number in the catalogue
 * @param round from 1
 * @param reason why it failed or was skipped; else what was done, for a person
 * @param expected channel values that the meters held in the round's window
 * @param event expected events, {@code +} for and, {@code |} for or; empty when none is
 * @param recoverySeconds from the end of the fault until link and backlog were well; negative when unknown
 */
record RoundResult(
        int fault,
        int round,
        Status status,
        String reason,
        long expected,
        long delivered,
        long gapsWithReason,
        long lost,
        long duplicates,
        String event,
        boolean eventSeen,
        double recoverySeconds) {
    private static final ObjectMapper JSON = new ObjectMapper();

    enum Status {
        OK,
        FAILED,
        SKIPPED
    }

    static RoundResult skipped(Fault fault, int round, String reason) {
        return new RoundResult(fault.number(), round, Status.SKIPPED, reason, 0, 0, 0, 0, 0, fault.event(), false, -1);
    }

    static RoundResult broken(Fault fault, int round, String reason) {
        return new RoundResult(fault.number(), round, Status.FAILED, reason, 0, 0, 0, 0, 0, fault.event(), false, -1);
    }

    boolean failed() {
        return status == Status.FAILED;
    }

    ObjectNode json() {
        return JSON.createObjectNode()
                .put("fault", fault)
                .put("round", round)
                .put("status", status.name().toLowerCase(java.util.Locale.ROOT))
                .put("reason", reason)
                .put("expected", expected)
                .put("delivered", delivered)
                .put("gaps_with_reason", gapsWithReason)
                .put("lost", lost)
                .put("duplicates", duplicates)
                .put("event", event)
                .put("event_seen", eventSeen)
                .put("recovery_s", Math.round(recoverySeconds * 10) / 10.0);
    }
}
