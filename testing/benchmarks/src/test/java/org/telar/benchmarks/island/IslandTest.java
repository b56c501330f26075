package org.telar.benchmarks.island;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.benchmarks.Figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The model and the run: what it computes by hand, what the scheduler must reach on it, and that it repeats exactly. */
class IslandTest {
    private static final PrimeModel CLEAN = with(0, 6);

    private static PrimeModel with(double loss, int tries) {
        PrimeModel m = PrimeModel.TWO_HOPS;
        return new PrimeModel(
                m.hops(),
                m.segment(),
                m.bitsPerSecond(),
                m.overhead(),
                m.preamble(),
                m.access(),
                loss,
                tries,
                0,
                m.turnaround());
    }

    @Test
    @DisplayName("An exchange takes its segments on both hops and the meter's turnaround, to the byte")
    void exchangeByHand() {
        // 63 + 63 + 10 bytes up, 63 + 1 down. Per segment: 12 ms access, 2 x 6.528 ms preamble, payload + 2 x 17 bytes.
        double fixed = 0.012 + 2 * 0.006528;
        double bytes = (136 + 64 + 5 * 34) * 8 / 21_400.0;
        PrimeModel.Outcome outcome = CLEAN.exchange(new MeterDay.Exchange(136, 64), true, new Random(1));
        assertThat(outcome.answered()).isTrue();
        assertThat(outcome.nanos() / 1e9).isCloseTo(2 * (5 * fixed + bytes) + 0.080, within(1e-6));
    }

    @Test
    @DisplayName("Loss is repaired by the link at its price; a segment out of tries loses the exchange")
    void loss() {
        MeterDay.Exchange apdus = new MeterDay.Exchange(204, 1032);
        double clean = CLEAN.exchange(apdus, true, new Random(1)).nanos();
        PrimeModel lossy = with(0.02, 6);
        Random dice = new Random(1);
        double sum = 0;
        for (int i = 0; i < 2_000; i++) {
            PrimeModel.Outcome outcome = lossy.exchange(apdus, true, dice);
            assertThat(outcome.answered()).isTrue();
            sum += outcome.nanos();
        }
        assertThat(sum / 2_000 / clean).isCloseTo(1 + 0.02 / 0.98, within(0.003));
        assertThat(with(0.9, 1).exchange(apdus, true, dice).answered()).isFalse();
        assertThat(CLEAN.exchange(apdus, false, dice).answered()).isFalse();
    }

    @Test
    @DisplayName("D14: the recording holds the round trips of each way; slices between recorded ones are in proportion")
    void recording() throws Exception {
        MeterDay day = MeterDay.read();
        assertThat(day.exchanges("usual", 96)).hasSize(26);
        assertThat(day.exchanges("list-1024", 96)).hasSize(5);
        assertThat(day.exchanges("list-64k", 96)).containsExactly(new MeterDay.Exchange(204, 4886));
        assertThat(day.exchanges("list-64k", 24))
                .as("recorded, and on the line between its neighbours: 48 bytes a row")
                .containsExactly(new MeterDay.Exchange(204, 854 + 12 * 48));
        assertThat(day.exchanges("list-64k", 30)).containsExactly(new MeterDay.Exchange(204, 854 + 18 * 48));
        assertThat(day.exchanges("compact-64k", 96))
                .as("97 rows of 48 bytes give way to compact ones of 13 without clocks")
                .containsExactly(new MeterDay.Exchange(204, 4886 - (2 + 97 * 48) + 14 + 97 * 13));
        assertThat(day.exchanges("list-64k-next", 1))
                .as("below the least recorded")
                .containsExactly(new MeterDay.Exchange(122, 123 + 48));
        assertThatThrownBy(() -> day.exchanges("telepathy", 1)).hasMessageContaining("no mode telepathy");
    }

    @Test
    @DisplayName(
            "R33 R42 R28 F23: with mute, leaving and joining meters all that can be reached are read, in the figures")
    void targets() throws Exception {
        MeterDay day = MeterDay.read();
        Island.Result usual = run(day, Way.USUAL, 1);
        List<Island.Result> ours =
                List.of(run(day, Way.ARRAY_1024, 1), run(day, Way.ARRAY_64K, 1), run(day, Way.COMPACT, 1));
        assertThat(IslandBenchmark.figures(usual, ours))
                .hasSize(7)
                .allSatisfy(f -> assertThat(f.met()).as(f.toString()).isTrue());
        assertThat(usual.read()).as("the same meters").isEqualTo(ours.get(0).read());
        assertThat(usual.read()).isLessThan(1_000);
        assertThat(ours.get(0).tally().ordersLost())
                .as("orders of meters on the network")
                .isZero();
    }

    @Test
    @DisplayName("The same seed gives the same run, another seed another one")
    void repeats() throws Exception {
        MeterDay day = MeterDay.read();
        Tally first = run(day, Way.COMPACT, 5).tally();
        Tally again = run(day, Way.COMPACT, 5).tally();
        assertThat(again.loadSeconds()).isEqualTo(first.loadSeconds());
        assertThat(again.orderSeconds(0.95)).isEqualTo(first.orderSeconds(0.95));
        assertThat(run(day, Way.COMPACT, 6).tally().loadSeconds()).isNotEqualTo(first.loadSeconds());
    }

    @Test
    @DisplayName("A figure beyond its target is told: the usual way in our place fails the airtime")
    void canFail() throws Exception {
        MeterDay day = MeterDay.read();
        Island.Result usual = run(day, Way.USUAL, 1);
        assertThat(IslandBenchmark.figures(usual, List.of(usual, usual)))
                .filteredOn(f -> !f.met())
                .extracting(Figure::name)
                .contains("airtime_vs_usual_array", "airtime_vs_usual_compact");
    }

    private static Island.Result run(MeterDay day, Way way, long seed) {
        return new Island(day, way, PrimeModel.TWO_HOPS, 1_000, seed).run();
    }
}
