package org.telar.concentrator.internal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.telar.contract.Result;
import org.telar.contract.Result.Applied;
import org.telar.contract.Result.State;

/**
 * Answers to versions of one kind of thing that the centre sends down. It comes again with every new link, being retained:
 * the same answer is given once in the life of the process. Not thread-safe.
 */
public final class Versions {
    private final String kind;
    private long answered = -1;

    /** @param kind last part of the topic */
    public Versions(String kind) {
        this.kind = kind;
    }

    /** A version that is in force already, or older than that. */
    public Optional<Applied> known(long told, long inForce, int entries, List<String> problems, Instant now) {
        if (told == answered) {
            return Optional.empty();
        }
        if (told == inForce) {
            return inForce(told, entries, problems, now);
        }
        answered = told;
        List<String> why = List.of("version " + inForce + " is in force");
        return Optional.of(new Applied(kind, told, State.FAIL, entries, why, now));
    }

    /** A version that changed nothing because of its problems. */
    public Optional<Applied> refused(long told, List<String> problems, Instant now) {
        if (told == answered) {
            return Optional.empty();
        }
        answered = told;
        return Optional.of(new Applied(kind, told, State.FAIL, 0, bounded(problems), now));
    }

    /** A version that is in force now, but for the problems. */
    public Optional<Applied> inForce(long told, int entries, List<String> problems, Instant now) {
        answered = told;
        State state = problems.isEmpty() ? State.EXE : State.WARN;
        return Optional.of(new Applied(kind, told, state, entries, bounded(problems), now));
    }

    private static List<String> bounded(List<String> problems) {
        if (problems.size() <= Result.Applied.MOST_PROBLEMS) {
            return problems;
        }
        List<String> first = new java.util.ArrayList<>(problems.subList(0, Result.Applied.MOST_PROBLEMS - 1));
        first.add((problems.size() - first.size()) + " more problems");
        return first;
    }
}
