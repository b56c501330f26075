package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Column;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;

import static org.assertj.core.api.Assertions.assertThat;

/** What is asked of a meter is what is not known, no slot more and no slot less (R41). */
class GapsTest {
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final Instant MIDNIGHT = LocalDays.start(LocalDate.of(2026, 11, 20), SANTIAGO);

    @Test
    @DisplayName("R41: neighbours are merged, the newest range comes first, gaps before the watermark too")
    void rangesNewestFirst() {
        List<TimeRange> gaps = Gaps.profile(MIDNIGHT, slot(10).plusSeconds(600), QUARTER, (first, step, slots) -> {
            assertThat(first).isEqualTo(slot(1));
            assertThat(slots).as("only slots whose interval has ended").isEqualTo(10);
            return bits(2, 3, 7);
        });
        assertThat(gaps)
                .containsExactly(
                        new TimeRange(slot(8), slot(10)),
                        new TimeRange(slot(4), slot(7)),
                        new TimeRange(slot(0), slot(2)));
    }

    @Test
    @DisplayName("R41: nothing is asked when everything is known, or before the first interval has ended")
    void nothingMissing() {
        assertThat(Gaps.profile(MIDNIGHT, slot(4), QUARTER, (f, p, n) -> bits(0, 1, 2, 3)))
                .isEmpty();
        assertThat(Gaps.profile(MIDNIGHT, MIDNIGHT.plusSeconds(899), QUARTER, (f, p, n) -> new BitSet()))
                .isEmpty();
    }

    @Test
    @DisplayName("R41: the ranges of any pattern hold exactly the unknown slots")
    void rangesHoldExactlyTheUnknown() {
        Random dice = new Random(7);
        for (int round = 0; round < 200; round++) {
            int slots = 1 + dice.nextInt(200);
            BitSet known = new BitSet();
            for (int i = 0; i < slots; i++) {
                known.set(i, dice.nextBoolean());
            }
            List<TimeRange> gaps = Gaps.profile(MIDNIGHT, slot(slots), QUARTER, (f, p, n) -> known);
            for (int i = 0; i < slots; i++) {
                Instant end = slot(i + 1);
                assertThat(gaps.stream().filter(g -> g.contains(end)).count())
                        .as("slot %d of %s", i, known)
                        .isEqualTo(known.get(i) ? 0 : 1);
            }
        }
    }

    @Test
    @DisplayName("R49 D5: a closing is due for every local day that ended, over a day of 23 hours too")
    void closingsDue() {
        Instant from = LocalDays.start(LocalDate.of(2026, 9, 4), SANTIAGO);
        Instant now = Instant.parse("2026-09-08T15:00:00Z");
        Instant held = LocalDays.start(LocalDate.of(2026, 9, 7), SANTIAGO);
        assertThat(Gaps.closings(from, now, SANTIAGO, Set.of(held)))
                .containsExactly(
                        new TimeRange(Instant.parse("2026-09-08T02:59:59Z"), Instant.parse("2026-09-08T03:00:00Z")),
                        new TimeRange(Instant.parse("2026-09-05T03:59:59Z"), Instant.parse("2026-09-06T04:00:00Z")));
    }

    @Test
    @DisplayName("D14: a meter-day is one read with closings, status and clock; nothing missing still asks for contact")
    void oneReadForADay() {
        TimeRange day = new TimeRange(MIDNIGHT, slot(96));
        TimeRange closing = new TimeRange(MIDNIGHT.minusSeconds(1), MIDNIGHT);
        List<Obis> words = List.of(Obis.ALARM_REGISTER);
        assertThat(LoadPlan.of(List.of(day), List.of(closing), words, QUARTER, 960))
                .containsExactly(new ReadRequest(List.of(day), List.of(closing), List.of(), true, words));
        assertThat(LoadPlan.of(List.of(), List.of(), words, QUARTER, 960))
                .containsExactly(new ReadRequest(List.of(), List.of(), List.of(), true, words));
    }

    @Test
    @DisplayName("Scheduling 5: a long gap is read in slices, newest first, without a hole or an overlap between them")
    void slicesOfALongGap() {
        TimeRange gap = new TimeRange(slot(0), slot(2500));
        List<ReadRequest> reads = LoadPlan.of(List.of(gap), List.of(), List.of(), QUARTER, 960);
        assertThat(reads).hasSize(3);
        assertThat(reads.get(0).profile()).containsExactly(new TimeRange(slot(1540), slot(2500)));
        assertThat(reads.get(1).profile()).containsExactly(new TimeRange(slot(580), slot(1540)));
        assertThat(reads.get(2).profile()).containsExactly(new TimeRange(slot(0), slot(580)));
    }

    @Test
    @DisplayName("D14: more ranges than one list takes go into further reads, ascending within each")
    void manyRanges() {
        List<TimeRange> gaps = List.of(9, 7, 5, 3, 1).stream()
                .map(i -> new TimeRange(slot(i - 1), slot(i)))
                .toList();
        List<ReadRequest> reads = LoadPlan.of(gaps, List.of(), List.of(), QUARTER, 960);
        assertThat(reads.get(0).profile())
                .containsExactly(
                        new TimeRange(slot(2), slot(3)),
                        new TimeRange(slot(4), slot(5)),
                        new TimeRange(slot(6), slot(7)),
                        new TimeRange(slot(8), slot(9)));
        assertThat(reads.get(1).profile()).containsExactly(new TimeRange(slot(0), slot(1)));
    }

    @Test
    @DisplayName("R50: a row that a late meter has still to capture is not missing; an older hole is")
    void slotsStillToCome() {
        ProfileBlock block = new ProfileBlock(
                Obis.LOAD_PROFILE,
                slot(1),
                QUARTER,
                List.of(new Column(
                        Obis.parse("1.0.1.29.0"), new Unit(0, 30), new long[] {1, Column.ABSENT, 3, Column.ABSENT})),
                new int[] {0, ProfileBlock.MISSING, 0, ProfileBlock.MISSING},
                List.of());
        // The host is past slot 4, the meter's clock is 40 s behind it and has not passed it.
        MeterReadout readout = new MeterReadout(
                "ID",
                Optional.of(slot(4).minusSeconds(20)),
                slot(4).plusSeconds(20),
                List.of(block),
                List.of(),
                List.of(),
                1);
        assertThat(Happened.blocks(readout).get(0).status())
                .containsExactly(0, ProfileBlock.MISSING, 0, ProfileBlock.NOT_READ);
    }

    private static Instant slot(int i) {
        return MIDNIGHT.plus(QUARTER.multipliedBy(i));
    }

    private static BitSet bits(int... set) {
        BitSet bits = new BitSet();
        for (int i : set) {
            bits.set(i);
        }
        return bits;
    }
}
