package org.telar.collector.n2pload;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a run means for one meter (D12). */
public enum Outcome {
    /** New samples came. */
    NEW,
    /** The meter answered and nothing was due. */
    NOTHING_NEW,
    /** The meter answered, something was due, and only what was known came. */
    PROFILE_STALE,
    /** The concentrator did not reach the meter in this run. */
    NOT_REACHED;

    /**
     * The facts of a meter in a run.
     *
     * @param brought new values or registers that the centre ingested from it
     * @param failed the concentrator says that it was not read
     * @param lastContact empty from an older or foreign concentrator
     * @param newest interval end of the newest sample that the centre holds
     */
    record Facts(
            long brought,
            boolean failed,
            Optional<Instant> lastContact,
            Instant runStarted,
            Optional<Instant> newest,
            Duration period) {}

    /**
     * D12, and where there is no last contact the document's own rule (R42): what returns nothing but what was collected
     * before was not reached.
     */
    static Outcome judge(Facts f) {
        if (f.brought() > 0) {
            return NEW;
        }
        boolean contact =
                f.lastContact().filter(c -> !c.isBefore(f.runStarted())).isPresent();
        if (!contact || f.failed()) {
            return NOT_REACHED;
        }
        Instant at = f.lastContact().get();
        boolean due = f.newest().map(n -> !n.plus(f.period()).isAfter(at)).orElse(true);
        return due ? PROFILE_STALE : NOTHING_NEW;
    }
}
