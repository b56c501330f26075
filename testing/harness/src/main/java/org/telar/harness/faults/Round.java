package org.telar.harness.faults;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    /**
     * What the meters held at a moment, and which gaps were reported up to then.
     *
     * @param until last interval end
     */
    record Truth(Instant until, List<GapReport> gaps) {}

    Round(Rig rig, Random random, int number, Judge judge, String event) {
        this.rig = rig;
        this.random = random;
        this.number = number;
        this.judge = judge;
        this.event = event;
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

    /** What the meters held until now is what is judged, whatever becomes of them afterwards. */
    void keepTruth() throws Exception {
        truth = Optional.of(judge.truth());
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

    /** @throws HarnessException with this sentence when the condition does not hold */
    static void require(boolean condition, String otherwise) throws HarnessException {
        if (!condition) {
            throw new HarnessException(HarnessException.UNEXPECTED, otherwise);
        }
    }
}
