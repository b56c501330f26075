package org.telar.collector.ingest;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.telar.api.model.BlockCodec;
import org.telar.api.model.Column;
import org.telar.api.model.ProfileBlock;
import org.telar.collector.testing.Polls;

import static org.assertj.core.api.Assertions.assertThat;

/** Merging of partial days: the outcome depends on what was read when, never on what arrived when (D21). */
class DayBlockTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");
    private static final LocalDay DAY = LocalDay.of(FIRST, Polls.QUARTER, ZONE);
    private static final DayBlock.Key KEY = new DayBlock.Key(LocalDate.parse("2026-06-10"), 7, 1);

    private record Read(ProfileBlock block, long at) {}

    @Property(tries = 300)
    @Label(
            "any order of arrival, with repeats and a store and load between, gives the same day (D21, faults 14 and 31)")
    void orderDoesNotMatter(@ForAll Random random) throws Exception {
        List<Read> reads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int from = random.nextInt(90);
            int slots = 1 + random.nextInt(96 - from);
            long spread = random.nextInt(3);
            ProfileBlock block = Polls.block(FIRST.plusSeconds(900L * from), slots, s -> from + s + spread);
            if (random.nextBoolean()) {
                block = Polls.missing(block, random.nextInt(slots));
            }
            reads.add(new Read(block, 1000 + random.nextInt(4)));
        }
        byte[] expected = merged(reads, false);
        List<Read> shuffled = new ArrayList<>(reads);
        shuffled.addAll(reads.subList(0, 3));
        Collections.shuffle(shuffled, random);

        byte[] actual = merged(shuffled, true);

        assertThat(BlockCodec.decode(actual)).isEqualTo(BlockCodec.decode(expected));
    }

    private static byte[] merged(List<Read> reads, boolean storeBetween) {
        DayBlock day = DayBlock.empty(KEY, Shape.of(reads.get(0).block()), DAY);
        for (Read r : reads) {
            merge(day, r);
            if (storeBetween) {
                day = DayBlock.stored(KEY, day.shape(), DAY, day.encoded(), day.readTimes(), day.revision());
            }
        }
        return day.encoded();
    }

    private static Fresh merge(DayBlock day, Read r) {
        return merge(day, r, new ArrayList<>());
    }

    private static Fresh merge(DayBlock day, Read r, List<Overruled> overruled) {
        Fresh fresh = new Fresh(r.block());
        for (int i = 0; i < r.block().slots(); i++) {
            day.merge(fresh, i, r.at(), overruled::add);
        }
        return fresh;
    }

    @Example
    @Label("the same rows again are no news, are counted as known, and change nothing (R42, D11)")
    void again() {
        DayBlock day = DayBlock.empty(KEY, Shape.of(Polls.block(FIRST, 1, i -> i)), DAY);
        merge(day, new Read(Polls.block(FIRST, 96, i -> i), 1000));
        DayBlock stored = DayBlock.stored(KEY, day.shape(), DAY, day.encoded(), day.readTimes(), 0);

        Fresh fresh = merge(stored, new Read(Polls.block(FIRST, 96, i -> i), 1000));

        assertThat(fresh.onlyNew()).isEmpty();
        assertThat(fresh.knownValues()).isEqualTo(192);
        assertThat(stored.dirty()).isFalse();
    }

    @Example
    @Label(
            "a later reading wins and is news, the old one is kept aside; an earlier one that comes late loses (D21, R03)")
    void conflicts() {
        DayBlock day = DayBlock.empty(KEY, Shape.of(Polls.block(FIRST, 1, i -> i)), DAY);
        List<Overruled> overruled = new ArrayList<>();
        merge(day, new Read(Polls.block(FIRST, 4, i -> 10), 1000));

        Fresh later = merge(day, new Read(Polls.block(FIRST, 2, i -> i == 0 ? 10 : 99), 2000), overruled);
        Fresh earlier = merge(day, new Read(Polls.block(FIRST, 2, i -> 55), 500), overruled);

        assertThat(later.newValues()).isEqualTo(2);
        assertThat(earlier.onlyNew()).isEmpty();
        assertThat(overruled).hasSize(3);
        assertThat(overruled.get(0).cells()).containsExactly(10, 1010);
        assertThat(overruled.get(0).at()).isEqualTo(FIRST.plusSeconds(900));
        assertThat(overruled.get(1).reason()).isEqualTo(Overruled.ARRIVED_LATE);
        assertThat(day.revision()).isEqualTo(1);
    }

    @Example
    @Label("a missing slot never overwrites a value, and a value fills a missing slot (D04, upsert rule)")
    void missing() throws Exception {
        DayBlock day = DayBlock.empty(KEY, Shape.of(Polls.block(FIRST, 1, i -> i)), DAY);
        merge(day, new Read(Polls.missing(Polls.block(FIRST, 3, i -> i + 1), 1), 1000));

        Fresh again = merge(day, new Read(Polls.missing(Polls.block(FIRST, 3, i -> i + 1), 0, 1, 2), 2000));
        Fresh filled = merge(day, new Read(Polls.block(FIRST.plusSeconds(900), 1, i -> 7), 3000));

        assertThat(again.onlyNew()).isEmpty();
        assertThat(filled.newValues()).isEqualTo(2);
        long[] values = BlockCodec.decode(day.encoded()).columns().get(0).values();
        assertThat(Arrays.copyOf(values, 3)).containsExactly(1, 7, 3);
        assertThat(values[3]).isEqualTo(Column.ABSENT);
    }

    @Example
    @Label("only what is new leaves, cut to its slots (R43)")
    void onlyNew() {
        DayBlock day = DayBlock.empty(KEY, Shape.of(Polls.block(FIRST, 1, i -> i)), DAY);
        merge(day, new Read(Polls.block(FIRST, 50, i -> i), 1000));

        ProfileBlock fresh = merge(day, new Read(Polls.block(FIRST, 60, i -> i), 2000))
                .onlyNew()
                .orElseThrow();

        assertThat(fresh.firstEnd()).isEqualTo(FIRST.plusSeconds(50 * 900));
        assertThat(fresh.slots()).isEqualTo(10);
        assertThat(fresh.valueCount()).isEqualTo(20);
    }

    @Property(tries = 200)
    @Label("read times survive their encoding")
    void readTimes(@ForAll long[] seconds) {
        long[] bounded = Arrays.stream(seconds).map(s -> s >> 8).toArray();
        assertThat(ReadTimes.decode(ReadTimes.encode(bounded), bounded.length)).isEqualTo(bounded);
    }
}
