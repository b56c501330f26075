package org.telar.uplink.mqtt.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Column;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.Unit;
import org.telar.api.store.Lane;
import org.telar.api.store.Opening;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;

import static org.assertj.core.api.Assertions.assertThat;

/** What a reading costs on the wire, with values that cannot be squeezed by luck. */
class WireTest {
    private static final int METERS = 100;
    private static final int[] QUANTITIES = {1, 2, 5, 6, 7, 8};

    @Test
    @DisplayName("R45: a batch of 100 meter-days of 96 quarters and 6 channels costs at most one byte a reading")
    void payload() {
        List<OutboxEntry> entries = new ArrayList<>();
        for (int m = 1; m <= METERS; m++) {
            entries.add(new OutboxEntry(m, OutboxKind.READINGS, Lane.LIVE, PollCodec.encode(day(m))));
        }
        Batches.Packed packed = Batches.pack("gw-0001", Opening.untold(1_795_000_000L), entries, Link.LARGEST);
        long bytes =
                packed.packets().stream().mapToLong(p -> p.payload().length).sum();
        double perReading = bytes / (double) (METERS * 96 * 6);
        System.out.printf("payload_bytes_per_reading %.3f%n", perReading);
        assertThat(packed.tooLarge()).isEmpty();
        assertThat(perReading).isLessThanOrEqualTo(1.0);
    }

    /** Base load, two peaks, about 6 bits of noise; reactive follows; a third of the meters feeds in at noon. */
    private static Poll day(int meter) {
        Random random = new Random(meter);
        double size = 0.6 + random.nextDouble();
        long[][] v = new long[6][96];
        for (int i = 0; i < 96; i++) {
            double shape = 40 + 60 * bump(i / 4.0, 7.5, 1.5) + 140 * bump(i / 4.0, 20, 2.5);
            double load = Math.max(0, size * shape * (0.7 + 0.6 * random.nextDouble()) + 8 * random.nextGaussian());
            double sun = meter % 3 == 0 ? 220 * bump(i / 4.0, 13, 2.5) * random.nextDouble() : 0;
            v[0][i] = Math.round(Math.max(0, load - sun));
            v[1][i] = Math.round(Math.max(0, sun - load));
            v[2][i] = Math.round(load * (0.18 + 0.08 * random.nextDouble()));
            v[3][i] = Math.round(v[1][i] * 0.1 * random.nextDouble());
            v[5][i] = random.nextInt(10) == 0 ? random.nextInt(6) : 0;
        }
        List<Column> columns = new ArrayList<>();
        for (int c = 0; c < 6; c++) {
            int unit = QUANTITIES[c] <= 2 ? Unit.WATT_HOUR : Unit.VAR_HOUR;
            columns.add(new Column(new Obis(1, 0, QUANTITIES[c], 29, 0, 255), new Unit(0, unit), v[c]));
        }
        Instant firstEnd = Instant.parse("2026-11-20T03:15:00Z");
        ProfileBlock block =
                new ProfileBlock(Obis.LOAD_PROFILE, firstEnd, Duration.ofMinutes(15), columns, new int[96], List.of());
        return new Poll(
                new MeterId(String.valueOf(40_000_000 + meter)),
                firstEnd.plus(Duration.ofDays(1)).plusSeconds(meter),
                "plc-1",
                Optional.of("run-1"),
                Optional.empty(),
                List.of(block),
                List.of(),
                List.of());
    }

    private static double bump(double hour, double at, double width) {
        return Math.exp(-Math.pow((hour - at) / width, 2));
    }
}
