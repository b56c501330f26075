package org.telar.collector.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;

import org.telar.api.model.Column;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;
import org.telar.contract.Batch;

/** Polls for tests: small, readable, two channels. */
public final class Polls {
    public static final Obis A_PLUS = Obis.parse("1.0.1.29.0.255");
    public static final Obis A_MINUS = Obis.parse("1.0.2.29.0.255");
    public static final Unit WH = new Unit(0, Unit.WATT_HOUR);
    public static final Duration QUARTER = Duration.ofMinutes(15);

    private Polls() {}

    /** Slots of A+ and A− from an interval end on; A− is A+ + 1000. */
    public static ProfileBlock block(Instant firstEnd, int slots, IntToLongFunction value) {
        long[] plus = new long[slots];
        long[] minus = new long[slots];
        for (int i = 0; i < slots; i++) {
            plus[i] = value.applyAsLong(i);
            minus[i] = plus[i] + 1000;
        }
        return new ProfileBlock(
                Obis.LOAD_PROFILE,
                firstEnd,
                QUARTER,
                List.of(new Column(A_PLUS, WH, plus), new Column(A_MINUS, WH, minus)),
                new int[slots],
                List.of());
    }

    /** The same block with some slots the meter has no row for. */
    public static ProfileBlock missing(ProfileBlock b, int... slots) {
        int[] status = b.status().clone();
        List<Column> columns = new ArrayList<>();
        for (Column c : b.columns()) {
            long[] values = c.values().clone();
            for (int s : slots) {
                status[s] = ProfileBlock.MISSING;
                values[s] = Column.ABSENT;
            }
            columns.add(new Column(c.channel(), c.unit(), values));
        }
        return new ProfileBlock(b.profile(), b.firstEnd(), b.period(), columns, status, b.offGrid());
    }

    public static ProfileBlock withOffGrid(ProfileBlock b, OffGridRow... rows) {
        return new ProfileBlock(b.profile(), b.firstEnd(), b.period(), b.columns(), b.status(), Arrays.asList(rows));
    }

    public static Poll poll(String meter, String activity, Instant readAt, ProfileBlock... blocks) {
        return poll(meter, activity, readAt, List.of(blocks), List.of());
    }

    public static Poll poll(
            String meter, String activity, Instant readAt, List<ProfileBlock> blocks, List<RegisterSet> registers) {
        return new Poll(
                new MeterId(meter),
                readAt,
                "wrapper",
                activity.isEmpty() ? Optional.empty() : Optional.of(activity),
                Optional.empty(),
                blocks,
                registers,
                List.of());
    }

    public static RegisterSet closing(Instant stamp, long value, Instant demandAt) {
        return new RegisterSet(
                RegisterKind.DAILY,
                Obis.DAILY_CLOSING,
                stamp,
                0,
                List.of(
                        new RegisterValue(Obis.parse("1.0.1.8.0.255"), WH, value, Optional.empty()),
                        new RegisterValue(
                                Obis.parse("1.0.1.6.0.255"),
                                new Unit(0, Unit.WATT),
                                value / 10,
                                Optional.of(demandAt))));
    }

    public static Batch.Entry entry(long sequence, Poll poll) {
        return new Batch.Entry(sequence, PollCodec.encode(poll));
    }
}
