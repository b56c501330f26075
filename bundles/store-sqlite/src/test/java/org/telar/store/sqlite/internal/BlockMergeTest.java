package org.telar.store.sqlite.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.telar.api.model.BlockCodec;
import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.telar.store.sqlite.internal.Polls.MIDNIGHT;
import static org.telar.store.sqlite.internal.Polls.QUARTER;

/** Merging and cutting against a model that is a map by time. */
class BlockMergeTest {
    @Provide
    Arbitrary<List<ProfileBlock>> reads() {
        Arbitrary<Integer> slot = Arbitraries.of(-1, 0, 1, 2, 1000).injectNull(0.3);
        Arbitrary<OffGridRow> row = Combinators.combine(
                        Arbitraries.integers().between(-90_000, 90_000),
                        Arbitraries.longs().between(0, 3))
                .as((at, v) -> new OffGridRow(MIDNIGHT.plusSeconds(at), 0, new long[] {v}));
        Arbitrary<ProfileBlock> block = Combinators.combine(
                        Arbitraries.integers().between(-100, 100),
                        slot.list().ofMaxSize(220),
                        row.list().ofMaxSize(2))
                .as((start, slots, rows) -> {
                    ProfileBlock b =
                            Polls.single(MIDNIGHT.plus(QUARTER.multipliedBy(start)), slots.toArray(new Integer[0]));
                    return new ProfileBlock(b.profile(), b.firstEnd(), b.period(), b.columns(), b.status(), rows);
                });
        return block.list().ofMinSize(1).ofMaxSize(4);
    }

    @Property(tries = 300)
    @Label(
            "R3, D4: whatever is read in whatever pieces, each slot ends as the best knowledge of it, and off-grid rows are all kept")
    void bestKnowledge(@ForAll("reads") List<ProfileBlock> reads) {
        Map<Long, ProfileBlock> days = new TreeMap<>();
        Map<Instant, Integer> status = new TreeMap<>();
        Map<Instant, Long> values = new TreeMap<>();
        List<OffGridRow> rows = new ArrayList<>();
        int conflicts = 0;
        int expectedConflicts = 0;
        for (ProfileBlock read : reads) {
            for (ProfileBlock piece : Days.split(read)) {
                ProfileBlock held = days.get(Days.dayOf(piece));
                if (held == null) {
                    days.put(Days.dayOf(piece), piece);
                } else {
                    BlockMerge.Merged merged = BlockMerge.merge(held, piece);
                    conflicts += merged.conflicts();
                    days.put(Days.dayOf(piece), merged.block());
                }
            }
            expectedConflicts += learn(read, status, values);
            for (OffGridRow r : read.offGrid()) {
                if (!rows.contains(r)) {
                    rows.add(r);
                }
            }
        }
        Map<Instant, Integer> gotStatus = new TreeMap<>();
        Map<Instant, Long> gotValues = new TreeMap<>();
        List<OffGridRow> gotRows = new ArrayList<>();
        days.forEach((day, block) -> {
            collect(day, block, gotStatus, gotValues);
            gotRows.addAll(block.offGrid());
        });
        assertThat(gotStatus).isEqualTo(status);
        assertThat(gotValues).isEqualTo(values);
        assertThat(gotRows).containsAll(rows);
        assertThat(conflicts).isGreaterThanOrEqualTo(expectedConflicts);
    }

    private static int learn(ProfileBlock read, Map<Instant, Integer> status, Map<Instant, Long> values) {
        int conflicts = 0;
        for (int i = 0; i < read.slots(); i++) {
            Instant end = read.endOf(i);
            int now = read.status()[i];
            if (now == ProfileBlock.NOT_READ) {
                continue;
            }
            status.merge(end, now, Math::max);
            long v = read.columns().get(0).values()[i];
            if (v != Column.ABSENT) {
                Long before = values.put(end, v);
                conflicts += before != null && before != v ? 1 : 0;
            }
        }
        return conflicts;
    }

    private static void collect(long day, ProfileBlock block, Map<Instant, Integer> status, Map<Instant, Long> values) {
        for (int i = 0; i < block.slots(); i++) {
            assertThat(Days.dayOf(block.endOf(i))).isEqualTo(day);
            if (block.status()[i] != ProfileBlock.NOT_READ) {
                status.put(block.endOf(i), block.status()[i]);
            }
            if (block.columns().get(0).values()[i] != Column.ABSENT) {
                values.put(block.endOf(i), block.columns().get(0).values()[i]);
            }
        }
    }

    @Property(tries = 300)
    @Label("R41: the spans beside a packed block name exactly its known slots, in any window of the grid")
    void spans(@ForAll("reads") List<ProfileBlock> reads) {
        for (ProfileBlock read : reads) {
            int period = (int) read.period().toSeconds();
            int phase = (int) Math.floorMod(read.firstEnd().getEpochSecond(), (long) period);
            Instant window = read.firstEnd().minus(QUARTER.multipliedBy(7));
            BitSet known = new BitSet();
            BitSet expected = new BitSet();
            for (ProfileBlock piece : Days.split(read)) {
                byte[] spans = Spans.of(piece, Days.dayOf(piece), phase);
                Spans.mark(spans, Days.dayOf(piece), period, phase, window.getEpochSecond(), 150, known);
            }
            for (int i = 0; i < read.slots() && i + 7 < 150; i++) {
                expected.set(i + 7, read.status()[i] != ProfileBlock.NOT_READ);
            }
            assertThat(known).isEqualTo(expected);
        }
    }

    @Property(tries = 200)
    @Label("Packing gives back what it was given; any flipped bit is noticed")
    void packing(@ForAll("reads") List<ProfileBlock> reads, @ForAll int bit) throws Exception {
        try (Packing packing = new Packing()) {
            byte[] plain = BlockCodec.encode(reads.get(0));
            byte[] packed = packing.pack(plain);
            assertThat(packing.unpack(packed)).isEqualTo(plain);
            int at = Math.floorMod(bit, packed.length * 8);
            packed[at / 8] ^= (byte) (1 << at % 8);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> packing.unpack(packed)))
                    .isInstanceOf(org.telar.api.model.FormatException.class);
        }
    }
}
