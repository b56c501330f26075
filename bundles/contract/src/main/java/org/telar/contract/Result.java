package org.telar.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Ko;

/** What became of something the centre asked for or the agenda started. */
public sealed interface Result {
    /** State of an executed order, the document's own words (R73). */
    enum State {
        EXE,
        WARN,
        FAIL
    }

    /**
     * Result of one order.
     *
     * @param ko why it failed or was observed; empty for EXE
     * @param who who refused: {@code meter} or {@code concentrator}
     * @param detail one sentence
     * @param readingSequence outbox sequence of the reading, 0 if there is none; judged when it has been ingested
     */
    record OrderResult(
            String order,
            String meter,
            State state,
            Optional<Ko> ko,
            String who,
            String detail,
            long readingSequence,
            Instant finished)
            implements Result {}

    /**
     * Summary of an N2PLoad run (D12).
     *
     * @param lastSequence outbox sequence of the run's last reading; the centre judges when it has ingested it
     * @param complete false when the deadline ended it
     */
    record RunSummary(
            String run, Instant started, Instant finished, long lastSequence, boolean complete, List<Outcome> meters)
            implements Result {
        public RunSummary {
            meters = List.copyOf(meters);
        }
    }

    /**
     * One meter in a run.
     *
     * @param lastContact when the meter last answered, whole seconds; empty from an older concentrator
     * @param newest interval end of the newest sample held
     * @param samples channel values newly read in this run
     * @param ko why it was not read; empty when it was
     */
    record Outcome(
            String meter,
            Optional<Instant> lastContact,
            Optional<Instant> newest,
            long samples,
            Optional<Ko> ko,
            String detail) {}

    /**
     * What became of a table, an agenda or a configuration that was sent down.
     *
     * @param kind last part of the topic it came on: {@code table}, {@code activities} or {@code config}
     * @param version the version it had
     * @param state EXE: all of it is in force; WARN: in force but for the problems; FAIL: nothing changed
     * @param entries meters, activities or values in force
     * @param problems one sentence for each line or key that was left out, at most {@value #MOST_PROBLEMS}
     */
    record Applied(String kind, long version, State state, int entries, List<String> problems, Instant at)
            implements Result {
        public static final int MOST_PROBLEMS = 100;

        public Applied {
            problems = List.copyOf(problems);
        }
    }
}
