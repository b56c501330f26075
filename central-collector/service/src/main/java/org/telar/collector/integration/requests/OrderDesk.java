package org.telar.collector.integration.requests;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Ko;
import org.telar.api.model.Poll;
import org.telar.api.model.TimeRange;

/** Orders as a request needs them. Implementations are thread-safe and join the caller's transaction. */
public interface OrderDesk {
    /** What is read. */
    enum What {
        REGISTERS,
        PROFILE,
        CLOSINGS
    }

    /** How an order stands. */
    enum State {
        OPEN,
        /** EXE. */
        DONE,
        /** WARN. */
        WARNED,
        /** FAIL, REJECTED, EXPIRED or CANCELLED. */
        FAILED
    }

    /**
     * @param range for profile and closings
     * @param fromConcentrator from the concentrator's store instead of the meter
     * @param deadline empty = the default
     * @param key unique among the requester's
     */
    record Ask(
            String meter,
            What what,
            Optional<TimeRange> range,
            boolean fromConcentrator,
            Optional<Duration> deadline,
            String requester,
            String key) {}

    /**
     * @param ko empty when nothing went wrong
     * @param who who refused
     * @param polls what it brought
     */
    record Outcome(
            String order, String meter, State state, Optional<Ko> ko, String who, String detail, List<Poll> polls) {}

    /**
     * Takes an order, or attaches to an open one that asks for the same (D22).
     *
     * @return its number; a refused one is an order too
     * @throws IllegalArgumentException with a sentence, when no such order can be
     */
    String ask(Ask ask);

    /** @param withPolls whether to bring what it brought */
    Outcome outcome(String order, boolean withPolls);

    /** @return false when it was over already */
    boolean cancel(String order, String by);
}
