package org.telar.store.sqlite.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

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

/** Seeded polls for tests. */
final class Polls {
    static final Duration QUARTER = Duration.ofMinutes(15);
    static final Instant MIDNIGHT = Instant.parse("2026-11-20T00:00:00Z");
    static final int[] QUANTITIES = {1, 2, 5, 6, 7, 8};

    private Polls() {}

    static MeterId meter(int n) {
        return new MeterId(String.format("%08d", 40_000_000 + n));
    }

    /**
     * A household: base load, morning and evening peaks, noise of about 6 bits; reactive follows; a third feeds in at
     * noon.
     *
     * @param firstEnd end of the first slot
     */
    static ProfileBlock household(int meter, Instant firstEnd, int slots) {
        Random random = new Random(meter * 31L + firstEnd.getEpochSecond());
        double size = 0.6 + new Random(meter).nextDouble();
        boolean solar = meter % 3 == 0;
        long[][] v = new long[6][slots];
        for (int i = 0; i < slots; i++) {
            double hour = Math.floorMod(firstEnd.getEpochSecond() + 900L * i, 86_400) / 3600.0;
            double shape = 40 + 60 * bump(hour, 7.5, 1.5) + 140 * bump(hour, 20, 2.5);
            double load = Math.max(0, size * shape * (0.7 + 0.6 * random.nextDouble()) + 8 * random.nextGaussian());
            double sun = solar ? 220 * bump(hour, 13, 2.5) * (0.5 + 0.5 * random.nextDouble()) : 0;
            v[0][i] = Math.round(Math.max(0, load - sun));
            v[1][i] = Math.round(Math.max(0, sun - load));
            v[2][i] = Math.round(load * (0.18 + 0.08 * random.nextDouble()));
            v[3][i] = v[1][i] > 0 ? Math.round(v[1][i] * 0.1 * random.nextDouble()) : 0;
            v[4][i] = 0;
            v[5][i] = random.nextInt(10) == 0 ? random.nextInt(6) : 0;
        }
        int[] status = new int[slots];
        return block(firstEnd, v, status, List.of());
    }

    private static double bump(double hour, double at, double width) {
        return Math.exp(-Math.pow((hour - at) / width, 2));
    }

    static ProfileBlock block(Instant firstEnd, long[][] values, int[] status, List<OffGridRow> offGrid) {
        List<Column> columns = new ArrayList<>();
        for (int c = 0; c < values.length; c++) {
            int q = QUANTITIES[c];
            columns.add(new Column(
                    new Obis(1, 0, q, 29, 0, 255), new Unit(0, q <= 2 ? Unit.WATT_HOUR : Unit.VAR_HOUR), values[c]));
        }
        return new ProfileBlock(Obis.LOAD_PROFILE, firstEnd, QUARTER, columns, status, offGrid);
    }

    /** One column; {@code null} is not read, {@code -1} missing at the meter, else the value. */
    static ProfileBlock single(Instant firstEnd, Integer... slots) {
        long[] values = new long[slots.length];
        int[] status = new int[slots.length];
        Arrays.fill(values, Column.ABSENT);
        for (int i = 0; i < slots.length; i++) {
            status[i] = slots[i] == null ? ProfileBlock.NOT_READ : slots[i] < 0 ? ProfileBlock.MISSING : 0;
            values[i] = status[i] == 0 ? slots[i] : Column.ABSENT;
        }
        return block(firstEnd, new long[][] {values}, status, List.of());
    }

    static RegisterSet closing(int meter, Instant stamp) {
        long day = stamp.getEpochSecond() / 86_400 - 20_000;
        List<RegisterValue> values = new ArrayList<>();
        for (int tariff = 0; tariff <= 4; tariff++) {
            Obis register = new Obis(1, 0, 1, 8, tariff, 255);
            values.add(new RegisterValue(
                    register, new Unit(0, Unit.WATT_HOUR), (meter + tariff) * 9_001L + day * 7_919, Optional.empty()));
        }
        return new RegisterSet(RegisterKind.DAILY, Obis.DAILY_CLOSING, stamp, 0, values);
    }

    static Poll poll(int meter, ProfileBlock... blocks) {
        return new Poll(
                meter(meter),
                MIDNIGHT.plus(Duration.ofDays(2)),
                "plc-1",
                Optional.of("run-1"),
                Optional.empty(),
                List.of(blocks),
                List.of(),
                List.of());
    }

    /** A day of a household, with its closing. */
    static Poll day(int meter, Instant midnight) {
        ProfileBlock block = household(meter, midnight.plus(QUARTER), 96);
        RegisterSet closing = closing(meter, midnight.plus(Duration.ofDays(1)));
        return new Poll(
                meter(meter),
                midnight.plus(Duration.ofDays(1)).plusSeconds(120),
                "plc-1",
                Optional.of("run-1"),
                Optional.empty(),
                List.of(block),
                List.of(closing),
                List.of());
    }
}
