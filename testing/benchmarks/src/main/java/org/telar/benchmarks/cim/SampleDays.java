package org.telar.benchmarks.cim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.telar.api.model.Column;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.Unit;

/** Days of profile with random values: six channels of 96 quarter-hours a meter. */
final class SampleDays {
    static final int SLOTS = 96;
    static final int CHANNELS = 6;

    private SampleDays() {}

    static List<Poll> polls(int meters, Instant firstEnd, long seed) {
        Random random = new Random(seed);
        List<Poll> polls = new ArrayList<>();
        for (int m = 0; m < meters; m++) {
            polls.add(poll(m, firstEnd, random));
        }
        return polls;
    }

    static Poll poll(int meter, Instant firstEnd, Random random) {
        int[] obis = {1, 2, 5, 6, 7, 8};
        List<Column> columns = new ArrayList<>();
        for (int c : obis) {
            long[] values = new long[SLOTS];
            for (int i = 0; i < SLOTS; i++) {
                values[i] = random.nextInt(c == 1 ? 1500 : 200);
            }
            int unit = c <= 2 ? Unit.WATT_HOUR : Unit.VAR_HOUR;
            columns.add(new Column(Obis.parse("1.0." + c + ".29.0.255"), new Unit(0, unit), values));
        }
        ProfileBlock block = new ProfileBlock(
                Obis.LOAD_PROFILE, firstEnd, Duration.ofMinutes(15), columns, new int[SLOTS], List.of());
        return new Poll(
                new MeterId(String.format("%08d", 10_000_000 + meter)),
                firstEnd.plus(Duration.ofDays(1)),
                "bench",
                Optional.empty(),
                Optional.empty(),
                List.of(block),
                List.of(),
                List.of());
    }
}
