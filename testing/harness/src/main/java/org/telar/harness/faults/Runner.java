package org.telar.harness.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import org.telar.harness.Await;
import org.telar.harness.Centre;
import org.telar.harness.HarnessException;
import org.telar.harness.Narrator;

/**
 * Plays rounds on a rig that many of them share: new data, the fault at its moment, recovery, what is still missing is
 * fetched, and the judgement. After a round that failed the next one begins with a fresh rig. One thread; closing may
 * come from another.
 */
final class Runner implements AutoCloseable {
    /** New data of a round: six hours of every meter. */
    private static final Duration NEW_DATA = Duration.ofHours(6);

    private static final Duration EVENT = Duration.ofSeconds(60);
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(180);
    private static final Duration RUN = Duration.ofSeconds(40);
    private static final int RUNS = 4;
    /** A control run is expected to wait in vain. */
    private static final Duration CONTROL = Duration.ofSeconds(12);

    private static final Duration NO_PROGRESS = Duration.ofSeconds(25);
    private static final Duration SETTLED = Duration.ofMinutes(4);
    /** A file that failed comes back after one hour (R65). */
    private static final Duration RETRY = Duration.ofMinutes(61);

    private final Opener opener;
    private final Narrator tell;
    private final long seed;
    private final AtomicReference<Rig> rig = new AtomicReference<>();
    private Judge judge;
    private volatile boolean closed;

    /** Makes a fresh rig with everything running. */
    @FunctionalInterface
    interface Opener {
        void start(AtomicReference<Rig> into) throws HarnessException, IOException, InterruptedException;
    }

    Runner(Opener opener, long seed, Narrator tell) {
        this.opener = opener;
        this.seed = seed;
        this.tell = tell;
    }

    /** Plays one round. Never throws for what the system under test did wrong. */
    RoundResult play(Fault fault, int number) throws HarnessException, InterruptedException {
        try {
            Optional<String> missing = fault.need().missing();
            if (missing.isPresent()) {
                return RoundResult.skipped(fault, number, missing.get());
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return RoundResult.skipped(fault, number, e.getMessage());
        }
        Round round = null;
        try {
            Rig system = system();
            system.repair();
            awaitDrained(LONGEST_RECOVERY);
            system.advance(NEW_DATA);
            Random random = new Random(seed * 1_000_003 + fault.number() * 1009L + number * 31L);
            round = new Round(system, random, number, judge, fault.event());
            fault.script().play(round);
            RoundResult result = after(fault, round);
            if (result.failed() && !fault.control()) {
                discard();
            }
            return result;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (closed) {
                throw new HarnessException(130, tell.words("stopped before its end", "detenido antes de terminar"), e);
            }
            discard();
            String did = round == null || round.notes().isEmpty() ? "" : " (" + round.notes() + ")";
            String what = e instanceof HarnessException ? e.getMessage() : e.toString();
            return RoundResult.broken(fault, number, what + did);
        }
    }

    private RoundResult after(Fault fault, Round round)
            throws HarnessException, IOException, SQLException, InterruptedException {
        List<String> faults = new ArrayList<>();
        if (round.recoverySeconds() < 0) {
            try {
                awaitDrained(LONGEST_RECOVERY);
                round.recovered();
            } catch (HarnessException e) {
                faults.add("no recovery: " + e.getMessage());
            }
        }
        if (round.recoverySeconds() > fault.recovery().toSeconds()) {
            faults.add(String.format(
                    java.util.Locale.ROOT,
                    "recovered after %.1f s, the target is %d s",
                    round.recoverySeconds(),
                    fault.recovery().toSeconds()));
        }
        boolean fresh = round.truth().isEmpty();
        Instant until = round.truth().map(Round.Truth::until).orElseGet(judge::until);
        if (rig.get().loadsHourly()) {
            rig.get().hourlyLoads(false);
        }
        if (round.catchUp()) {
            try {
                // An order to an agent that is not linked yet is only sent again after its receipt's deadline.
                awaitDrained(LONGEST_RECOVERY);
                catchUp(fault.control());
                awaitDrained(LONGEST_RECOVERY);
            } catch (HarnessException | IOException e) {
                // The figures tell more than that: judge all the same.
                faults.add(e.getMessage());
            }
        }
        if (fresh) {
            judge.truth(List.of());
        }
        settle(until, fault.control() ? CONTROL : NO_PROGRESS);
        Round.Truth truth = fresh
                ? new Round.Truth(until, judge.gapReports())
                : round.truth().get();
        Judge.Outcome outcome = judge.pass(truth, fresh);
        boolean seen = round.awaitEvents(round.event(), EVENT);
        var verdict = outcome.verdict();
        if (!seen) {
            faults.add("the event " + round.event() + " was not seen");
        }
        if (verdict.lost() > 0) {
            faults.add(verdict.lost() + " values lost, " + verdict.wrong() + " of them wrong: " + verdict.examples());
        }
        if (verdict.invented() > 0 || outcome.duplicates() > 0) {
            faults.add(verdict.invented() + " values invented, " + outcome.duplicates() + " carried twice: "
                    + verdict.examples());
        }
        if (verdict.expected() == 0) {
            faults.add("nothing was expected: the round proves nothing");
        }
        String did = round.notes();
        return new RoundResult(
                fault.number(),
                round.number(),
                faults.isEmpty() ? RoundResult.Status.OK : RoundResult.Status.FAILED,
                faults.isEmpty() ? did : String.join("; ", faults) + (did.isEmpty() ? "" : " (" + did + ")"),
                verdict.expected(),
                verdict.delivered(),
                verdict.gapsWithReason(),
                verdict.lost(),
                outcome.duplicates(),
                round.event(),
                seen,
                round.recoverySeconds());
    }

    private Rig system() throws HarnessException, IOException, InterruptedException {
        if (rig.get() == null) {
            tell.line(
                    "starting meters, broker, collector and agent", "se inician medidores, broker, colector y agente");
            opener.start(rig);
            judge = new Judge(rig.get());
        }
        return rig.get();
    }

    private void discard() {
        Rig old = rig.getAndSet(null);
        if (old != null) {
            old.close();
        }
    }

    /** Link up and nothing waits for an acknowledgement. */
    private void awaitDrained(Duration deadline) throws HarnessException, InterruptedException {
        Rig system = rig.get();
        Await.untilTrue("link and empty backlog", deadline, () -> {
            system.agent().process().requireAlive();
            return Optional.of(system.status().linkUp() && system.status().backlogEntries() == 0);
        });
    }

    /** One more load, ordered again when a link that was still shaking lost the order. */
    private void catchUp(boolean control) throws HarnessException, IOException, InterruptedException {
        Centre centre = rig.get().centre();
        int attempts = control ? 1 : RUNS;
        for (int attempt = 1; ; attempt++) {
            try {
                String run = centre.startRun(Rig.GATEWAY);
                Centre.Run over = Await.until(
                        "the load after the fault to be judged", control ? CONTROL : RUN, () -> centre.run(run)
                                .filter(Centre.Run::over));
                if (over.judged() && over.count("NOT_REACHED") == 0) {
                    return;
                }
                if (attempt == attempts) {
                    throw new HarnessException(
                            HarnessException.UNEXPECTED,
                            "the load after the fault ended as " + over.state() + " with " + over.count("NOT_REACHED")
                                    + " meters not reached");
                }
            } catch (HarnessException | IOException late) {
                if (attempt == attempts) {
                    throw late;
                }
            }
        }
    }

    /** Waits until the Legacy holds what it should, or nothing moves any more. */
    private void settle(Instant until, Duration noProgress)
            throws HarnessException, IOException, SQLException, InterruptedException {
        long expected = judge.expected(until);
        long last = -1;
        long movedAt = System.nanoTime();
        long end = System.nanoTime() + SETTLED.toNanos();
        while (System.nanoTime() < end) {
            long loaded = judge.loaded(until);
            if (loaded >= expected) {
                return;
            }
            if (loaded != last) {
                last = loaded;
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > noProgress.toNanos()) {
                return;
            }
            if (filesWait()
                    && System.nanoTime() - movedAt > Duration.ofSeconds(3).toNanos()) {
                rig.get().advance(RETRY);
                movedAt = System.nanoTime();
            }
            Thread.sleep(300);
        }
    }

    private boolean filesWait() throws IOException {
        Path retry = rig.get().collectorData().resolve("legacy/retry");
        if (!Files.isDirectory(retry)) {
            return false;
        }
        try (var files = Files.list(retry)) {
            return files.anyMatch(f -> !f.getFileName().toString().startsWith("."));
        }
    }

    @Override
    public void close() {
        closed = true;
        Rig open = rig.get();
        if (open != null) {
            open.close();
        }
    }
}
