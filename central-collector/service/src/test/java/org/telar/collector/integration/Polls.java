package org.telar.collector.integration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Column;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;

/** Polls as a meter gives them, for tests. */
public final class Polls {
    public static final Obis IMPORT = Obis.parse("1.0.1.29.0.255");
    public static final Obis EXPORT = Obis.parse("1.0.2.29.0.255");
    public static final Unit WH = new Unit(0, Unit.WATT_HOUR);

    private Polls() {}

    public static Poll poll(String meter, Instant readAt, List<ProfileBlock> profiles, List<RegisterSet> registers) {
        return new Poll(
                new MeterId(meter), readAt, "test", Optional.empty(), Optional.empty(), profiles, registers, List.of());
    }

    /** One block of one channel of quarter-hours with good status. */
    public static Poll profile(String meter, Instant readAt, Instant firstEnd, long... values) {
        return poll(meter, readAt, List.of(block(firstEnd, IMPORT, new int[values.length], values)), List.of());
    }

    public static ProfileBlock block(Instant firstEnd, Obis channel, int[] status, long... values) {
        return new ProfileBlock(
                Obis.LOAD_PROFILE,
                firstEnd,
                Duration.ofMinutes(15),
                List.of(new Column(channel, WH, values)),
                status,
                List.of());
    }

    /** A daily closing: total, two tariffs, maximum demand with its time, cumulative demand. */
    public static RegisterSet closing(Instant stamp, long total, Instant peak) {
        Unit watt = new Unit(0, Unit.WATT);
        return new RegisterSet(
                RegisterKind.DAILY,
                Obis.DAILY_CLOSING,
                stamp,
                0,
                List.of(
                        register("1.0.1.8.0.255", WH, total),
                        register("1.0.1.8.1.255", WH, total / 3),
                        register("1.0.1.8.2.255", WH, total - total / 3),
                        new RegisterValue(Obis.parse("1.0.1.6.0.255"), watt, 4321, Optional.of(peak)),
                        register("1.0.1.2.0.255", watt, 98765)));
    }

    public static RegisterValue register(String obis, Unit unit, long value) {
        return new RegisterValue(Obis.parse(obis), unit, value, Optional.empty());
    }

    /** What the Legacy must show of a poll's profiles: {@code meter,channel,time,value,quality}, sorted. */
    public static List<String> expected(Poll poll, java.util.function.IntFunction<String> quality) {
        List<String> rows = new ArrayList<>();
        for (ProfileBlock b : poll.profiles()) {
            for (int c = 0; c < b.columns().size(); c++) {
                Column column = b.columns().get(c);
                for (int i = 0; i < b.slots(); i++) {
                    if (column.values()[i] != Column.ABSENT) {
                        rows.add(row(poll, column, b.endOf(i), column.values()[i], quality.apply(b.status()[i])));
                    }
                }
                for (OffGridRow r : b.offGrid()) {
                    if (r.values()[c] != Column.ABSENT) {
                        rows.add(row(poll, column, r.at(), r.values()[c], quality.apply(r.status())));
                    }
                }
            }
        }
        rows.sort(null);
        return rows;
    }

    private static String row(Poll poll, Column column, Instant at, long value, String quality) {
        java.math.BigDecimal scaled = java.math.BigDecimal.valueOf(value)
                .scaleByPowerOfTen(column.unit().scaler());
        String plain = value == 0 ? "0" : scaled.stripTrailingZeros().toPlainString();
        return poll.meter() + "," + column.channel() + "," + at + "," + plain + "," + quality;
    }

    public static int[] statuses(int count, int status) {
        int[] all = new int[count];
        Arrays.fill(all, status);
        return all;
    }
}
