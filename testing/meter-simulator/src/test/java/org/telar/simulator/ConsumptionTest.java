package org.telar.simulator;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.zip.Deflater;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

import static org.assertj.core.api.Assertions.assertThat;

/** The seeded households are neither noise nor copies of each other, and the same on every run. */
class ConsumptionTest {
    private static final long FIRST = Consumption.slotOf(Instant.parse("2026-11-01T03:00:00Z"));
    private static final int SLOTS = 7 * 96;
    private static Fleet fleet;

    @BeforeAll
    static void build() {
        fleet = fleet(42, Clock.fixed(Instant.parse("2026-11-20T00:00:00Z"), ZoneOffset.UTC));
    }

    private static Fleet fleet(long seed, Clock clock) {
        FleetSettings s = Sims.settings(Path.of("unused"), 100, 20_000, Map.of(Medium.WRAPPER, 100));
        return Fleet.build(
                new FleetSettings(
                        seed,
                        s.meters(),
                        45,
                        s.zone(),
                        s.media(),
                        new EnumMap<>(Map.of(MeterModel.A, 70, MeterModel.B, 20, MeterModel.C, 10)),
                        15,
                        s.portBase(),
                        s.data(),
                        0),
                clock);
    }

    private static long[] increments(Meter meter, Channel channel, int slots) {
        return LongStream.range(FIRST, FIRST + slots)
                .map(slot -> meter.consumption().increment(channel, slot))
                .toArray();
    }

    private static double entropy(List<long[]> series) {
        Map<Long, Integer> counts = new HashMap<>();
        int total = 0;
        for (long[] values : series) {
            for (long value : values) {
                counts.merge(value, 1, Integer::sum);
                total++;
            }
        }
        double bits = 0;
        for (int count : counts.values()) {
            double p = (double) count / total;
            bits -= p * Math.log(p) / Math.log(2);
        }
        return bits;
    }

    private static List<Meter> incrementMeters() {
        return fleet.meters().stream()
                .filter(m -> m.spec().model().increments())
                .toList();
    }

    /** Issue 2 item 3: figures of bytes per reading mean something only if the data holds information. */
    @Test
    @DisplayName("order-0 entropy of the A+ increments is at least 5 bits, pooled and for a typical meter")
    void entropyOfImport() {
        List<long[]> all = new ArrayList<>();
        List<Double> each = new ArrayList<>();
        for (Meter meter : incrementMeters()) {
            long[] week = increments(meter, Channel.IMPORT, SLOTS);
            all.add(week);
            each.add(entropy(List.of(week)));
        }
        assertThat(entropy(all)).isBetween(5.0, 9.0);
        assertThat(each.stream().sorted().toList().get(each.size() / 2)).isGreaterThan(5.0);
        assertThat(each).allMatch(bits -> bits > 4.5);
    }

    @Test
    @DisplayName("no two channels are alike, of one meter or of two")
    void allDifferent() {
        Set<List<Long>> seen = new HashSet<>();
        int channels = 0;
        for (Meter meter : fleet.meters()) {
            for (Channel channel : Channel.values()) {
                channels++;
                seen.add(Arrays.stream(increments(meter, channel, 3 * 96))
                        .boxed()
                        .toList());
            }
        }
        assertThat(seen).hasSize(channels);
    }

    @Test
    @DisplayName("a household: evenings above nights, solar by day only, reactive below active, registers never fall")
    void household() {
        long night = 0;
        long evening = 0;
        long exportByNight = 0;
        long exportByDay = 0;
        for (Meter meter : incrementMeters()) {
            long[] used = increments(meter, Channel.IMPORT, 96);
            long[] fed = increments(meter, Channel.EXPORT, 96);
            for (int i = 0; i < 96; i++) {
                // The first slot starts at local midnight.
                night += i >= 8 && i < 20 ? used[i] : 0;
                evening += i >= 76 && i < 88 ? used[i] : 0;
                exportByNight += i < 24 ? fed[i] : 0;
                exportByDay += i >= 48 && i < 72 ? fed[i] : 0;
            }
            assertThat(Arrays.stream(used).min().orElseThrow()).isNotNegative();
            assertThat(Arrays.stream(fed).min().orElseThrow()).isNotNegative();
            assertThat(Arrays.stream(increments(meter, Channel.Q1, 96)).sum())
                    .isLessThan(Arrays.stream(used).sum());
        }
        assertThat(evening).isGreaterThan(2 * night);
        assertThat(exportByDay).isGreaterThan(50 * Math.max(1, exportByNight));
    }

    /** Registers at any instant agree with the sum of the increments, tariffs with the total. */
    @Test
    @DisplayName("D7: captured registers and increments tell the same story, across days and seasons")
    void registersAreSums() {
        for (Meter meter : fleet.meters().stream().limit(10).toList()) {
            Consumption used = meter.consumption();
            for (Channel channel : Channel.values()) {
                long sum = Arrays.stream(increments(meter, channel, SLOTS)).sum();
                assertThat(used.register(channel, FIRST + SLOTS) - used.register(channel, FIRST))
                        .isEqualTo(sum);
            }
            Instant at = Instant.parse("2026-11-05T17:22:11Z");
            long tariffs = LongStream.rangeClosed(1, 4)
                    .map(t -> used.tariffAt((int) t, at))
                    .sum();
            assertThat(used.registerAt(Channel.IMPORT, at) - tariffs).isBetween(0L, 3L);
            assertThat(used.registerAt(Channel.IMPORT, Instant.parse("2025-01-01T00:00:00Z")))
                    .as("before the epoch")
                    .isPositive();
        }
    }

    /** Two runs agree whenever they start; another seed is another fleet. */
    @Test
    @DisplayName("the same seed gives the same values whenever the run starts; another seed does not")
    void deterministic() {
        Fleet later = fleet(42, Clock.fixed(Instant.parse("2027-03-01T00:00:00Z"), ZoneOffset.UTC));
        Fleet other = fleet(43, Clock.fixed(Instant.parse("2026-11-20T00:00:00Z"), ZoneOffset.UTC));
        for (Meter meter : fleet.meters().stream().limit(20).toList()) {
            Meter twin = later.meter(meter.spec().number()).orElseThrow();
            assertThat(increments(twin, Channel.Q1, 96)).isEqualTo(increments(meter, Channel.Q1, 96));
            assertThat(twin.spec().credentials().gek())
                    .isEqualTo(meter.spec().credentials().gek());
            Instant at = Instant.parse("2026-11-18T03:00:00Z");
            assertThat(twin.consumption().maximumDemand(at))
                    .isEqualTo(meter.consumption().maximumDemand(at));
        }
        Meter first = fleet.meters().iterator().next();
        Meter strange = other.meters().iterator().next();
        assertThat(increments(strange, Channel.IMPORT, 96)).isNotEqualTo(increments(first, Channel.IMPORT, 96));
    }

    /** The whole of a batch, not only A+, is natural: 100 meter-days deflate to well below one byte a reading. */
    @Test
    @DisplayName("100 meter-days as zig-zag varints, deflated: between 0.4 and 0.9 bytes per reading")
    void compressibility() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int readings = 0;
        for (Meter meter : fleet.meters()) {
            for (Channel channel : Channel.values()) {
                for (long value : increments(meter, channel, 96)) {
                    for (long rest = value << 1; ; rest >>>= 7) {
                        out.write((int) (rest < 128 ? rest : rest & 127 | 128));
                        if (rest < 128) {
                            break;
                        }
                    }
                    readings++;
                }
            }
        }
        Deflater deflater = new Deflater(9);
        deflater.setInput(out.toByteArray());
        deflater.finish();
        int size = deflater.deflate(new byte[out.size() + 1000]);
        deflater.end();
        assertThat((double) size / readings).isBetween(0.4, 0.9);
    }

    @Test
    @DisplayName("D18: the month's maximum demand is the highest quarter, and cumulative demand grows by it")
    void demand() {
        Meter meter = fleet.meters().iterator().next();
        Consumption used = meter.consumption();
        Instant start = Instant.parse("2026-10-01T03:00:00Z");
        Instant end = Instant.parse("2026-11-01T03:00:00Z");
        long highest = LongStream.range(Consumption.slotOf(start), Consumption.slotOf(end))
                .map(slot -> used.increment(Channel.IMPORT, slot))
                .max()
                .orElseThrow();
        assertThat(used.maximumDemand(end).value()).isEqualTo(4 * highest);
        assertThat(used.cumulativeDemand(end.plusSeconds(1)) - used.cumulativeDemand(end))
                .isEqualTo(4 * highest);
    }
}
