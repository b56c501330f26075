package org.telar.harness.faults;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.telar.harness.Await;
import org.telar.harness.HarnessException;
import org.telar.harness.LedgerJudge.GapReport;

/** What a fault's script works with: the rig, a seeded chance, and the moment when the fault was over. One thread. */
final class Round {
    private static final Duration UNDER_WAY = Duration.ofSeconds(60);

    private final Rig rig;
    private final Random random;
    private final int number;
    private final Judge judge;
    private final StringBuilder notes = new StringBuilder();
    private long healedAt;
    private double recovery = -1;
    private Optional<Truth> truth = Optional.empty();
    private boolean catchUp = true;
    private String event;
    private final Map<String, Long> before;

    /**
     * What the meters held at a moment, and which gaps were reported up to then.
     *
     * @param until last interval end
     */
    record Truth(Instant until, List<GapReport> gaps) {}

    Round(Rig rig, Random random, int number, Judge judge, String event) throws HarnessException, SQLException {
        this.rig = rig;
        this.random = random;
        this.number = number;
        this.judge = judge;
        this.event = event;
        this.before = judge.events();
        this.healedAt = System.nanoTime();
    }

    Rig rig() {
        return rig;
    }

    Random random() {
        return random;
    }

    /** From 1. */
    int number() {
        return number;
    }

    Judge judge() {
        return judge;
    }

    /** What was done, in a few words. */
    void note(String text) {
        notes.append(notes.length() == 0 ? "" : "; ").append(text);
    }

    String notes() {
        return notes.toString();
    }

    /** Orders a load; it runs while the script goes on. */
    String load() throws HarnessException, IOException, InterruptedException {
        return rig.centre().startRun(Rig.GATEWAY);
    }

    /** Orders a load and waits until meters are being read. */
    String loadUnderWay() throws HarnessException, IOException, InterruptedException {
        String run = load();
        Await.untilTrue("run " + run + " to be under way", UNDER_WAY, Duration.ofMillis(20), () -> {
            rig.agent().process().requireAlive();
            return Optional.of(!rig.status().run(run).isMissingNode());
        });
        return run;
    }

    /** Waits until the agent has read all its meters in a run, linked or not. */
    void awaitRead(String run) throws HarnessException, InterruptedException {
        Await.untilTrue("run " + run + " to end at the edge", Duration.ofSeconds(90), () -> {
            rig.agent().process().requireAlive();
            return Optional.of(rig.status().run(run).path("ended").asBoolean());
        });
    }

    /**
     * Moves the time on by an hour or more, so that the edge's hourly load is due, and waits until that load has ended,
     * linked or not. Needs {@link Rig#hourlyLoads}.
     */
    void loadByItself(Duration step) throws HarnessException, IOException, InterruptedException {
        rig.awaitIdle();
        rig.advance(step);
        String due = rig.hourlyLoad();
        Await.untilTrue("the edge's own load " + due + " to end", Duration.ofSeconds(120), () -> {
            rig.agent().process().requireAlive();
            return Optional.of(
                    rig.loads(true).stream().anyMatch(id -> id.startsWith("hourly") && id.compareTo(due) >= 0)
                            && rig.loads(false).isEmpty());
        });
        Thread.sleep(Rig.STATUS_MILLIS);
    }

    /** The WAN is cut, and the edge reads by itself: everything of it waits in the outbox. The WAN stays cut. */
    void loadUnsent() throws HarnessException, IOException, InterruptedException {
        rig.hourlyLoads(true);
        rig.wan().cut();
        rig.awaitLinkLost(UNDER_WAY);
        loadByItself(Duration.ofHours(6));
        Await.untilTrue(
                "readings that wait", UNDER_WAY, () -> Optional.of(rig.status().backlogValues() > 0));
    }

    /** A seeded moment. */
    long moment(long leastMillis, long mostMillis) throws InterruptedException {
        long millis = leastMillis + random.nextInt((int) (mostMillis - leastMillis + 1));
        Thread.sleep(millis);
        return millis;
    }

    /** The fault is over now; recovery counts from here. */
    void healed() {
        healedAt = System.nanoTime();
        recovery = -1;
    }

    /** It is well again now, as this fault measures it; without this the runner looks at link and backlog. */
    void recovered() {
        recovery = (System.nanoTime() - healedAt) / 1e9;
    }

    double recoverySeconds() {
        return recovery;
    }

    /**
     * What the meters held until now is what is judged, whatever becomes of them afterwards.
     *
     * @param gaps the reports that count: none that is made when the data is lost already
     */
    void keepTruth(List<GapReport> gaps) throws Exception {
        truth = Optional.of(judge.truth(gaps));
    }

    Optional<Truth> truth() {
        return truth;
    }

    /** The meters are not asked again after the fault: what the edge had is all there is. */
    void withoutCatchUp() {
        catchUp = false;
    }

    boolean catchUp() {
        return catchUp;
    }

    /** Events that must be seen: those of the catalogue, unless this variant of the fault has others. */
    String event() {
        return event;
    }

    void expect(String other) {
        event = other;
    }

    /** Whether the events have come since the round began, {@code +} for and, {@code |} for or; waits for them. */
    boolean awaitEvents(String codes, Duration patience) throws HarnessException, SQLException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!codes.isEmpty()) {
            Map<String, Long> now = judge.events();
            boolean all = true;
            for (String either : codes.split("\\+")) {
                all &= Arrays.stream(either.split("\\|"))
                        .anyMatch(c -> now.getOrDefault(c, 0L) > before.getOrDefault(c, 0L));
            }
            if (all) {
                return true;
            }
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(300);
        }
        return true;
    }

    /** @throws HarnessException with this sentence when the condition does not hold */
    static void require(boolean condition, String otherwise) throws HarnessException {
        if (!condition) {
            throw new HarnessException(HarnessException.UNEXPECTED, otherwise);
        }
    }
}
