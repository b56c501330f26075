package org.telar.benchmarks;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ModelMemory;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Column;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;
import org.telar.api.platform.Gateway;
import org.telar.api.platform.InvocationCounters;
import org.telar.channel.net.internal.NetChannelFactory;
import org.telar.harness.Fleet.SimulatedMeter;
import org.telar.harness.HarnessException;
import org.telar.meter.dlms.internal.DlmsMeterDriver;

/** The product's driver on the product's channel, as the agent uses them. */
final class OurReader {
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Gateway GATEWAY =
            new Gateway("gw-0001", HexFormat.of().parseHex("544c520000000001"), Path.of("."));

    private final Map<MeterId, Long> counters = new HashMap<>();
    private final Notes notes = new Notes();
    private final DlmsMeterDriver driver = new DlmsMeterDriver(() -> GATEWAY, new Counters(), notes, Clock.systemUTC());

    private static final class Notes implements ModelMemory {
        private final Map<String, String> map = new ConcurrentHashMap<>();

        @Override
        public Optional<String> recall(String key) {
            return Optional.ofNullable(map.get(key));
        }

        @Override
        public void remember(String key, String value) {
            map.put(key, value);
        }

        @Override
        public void forget(String key) {
            map.remove(key);
        }
    }

    private final class Counters implements InvocationCounters {
        @Override
        public long reserve(MeterId meter, int count) {
            return OurReader.this.reserve(meter, count);
        }

        @Override
        public void atLeast(MeterId meter, long least) {
            counters.merge(meter, least, Math::max);
        }
    }

    /** Invocation counters nobody else uses. */
    long reserve(MeterId meter, int count) {
        long first = counters.getOrDefault(meter, 1L);
        counters.put(meter, first + count);
        return first;
    }

    /** What a visit was on the wire: association, read, release. */
    record Measured(MeterTap.Count associate, MeterTap.Count read, MeterTap.Count release, TreeSet<String> values) {}

    /** The whole meter-day. */
    static ReadRequest meterDay(SimulatedDay day, int rows) {
        TimeRange range = new TimeRange(day.to().minus(QUARTER.multipliedBy(rows)), day.to());
        TimeRange closing = new TimeRange(day.from(), day.to());
        return new ReadRequest(
                List.of(range), List.of(closing), List.of(), true, List.of(Obis.ERROR_REGISTER, Obis.ALARM_REGISTER));
    }

    /** A further slice of a visit. */
    static ReadRequest slice(SimulatedDay day, int rows) {
        TimeRange range = new TimeRange(day.to().minus(QUARTER.multipliedBy(rows)), day.to());
        return new ReadRequest(List.of(range), List.of(), List.of(), true, List.of());
    }

    /** Reads and measures; what a model is like is learned before, as it is once per model in production. */
    Measured read(SimulatedMeter simulated, ReadRequest request, Map<String, String> parameters)
            throws IOException, HarnessException {
        Meter meter = meter(simulated, parameters);
        boolean hdlc = !simulated.medium().equals("wrapper");
        try (MeterTap tap = new MeterTap(SimulatedDay.address(simulated), hdlc);
                Channel channel = new NetChannelFactory().open(tap.address(), TIMEOUT)) {
            try (MeterSession session = driver.associate(meter, keys(simulated), channel, Airtime.FREE, TIMEOUT)) {
                session.read(request);
            }
            tap.reset();
            MeterTap.Count associate;
            MeterTap.Count read;
            MeterReadout readout;
            try (MeterSession session = driver.associate(meter, keys(simulated), channel, Airtime.FREE, TIMEOUT)) {
                associate = tap.count();
                tap.reset();
                readout = session.read(request);
                read = tap.count();
                tap.reset();
            }
            check(simulated, request, readout, read, hdlc);
            return new Measured(associate, read, tap.count(), lines(readout));
        } catch (MeterException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, e.getMessage(), e);
        }
    }

    private static Meter meter(SimulatedMeter simulated, Map<String, String> parameters) {
        return new Meter(
                new MeterId(simulated.number()),
                DlmsMeterDriver.NAME,
                simulated.model(),
                simulated.identity(),
                simulated.medium(),
                simulated.address(),
                Integer.parseInt(simulated.clientSap()),
                Authentication.valueOf(simulated.authentication()),
                ZoneId.of(simulated.zone()),
                parameters);
    }

    private static MeterKeys keys(SimulatedMeter simulated) {
        HexFormat hex = HexFormat.of();
        return new MeterKeys(
                hex.parseHex(simulated.password()),
                hex.parseHex(simulated.encryptionKey()),
                hex.parseHex(simulated.authenticationKey()));
    }

    private static void check(
            SimulatedMeter simulated, ReadRequest request, MeterReadout readout, MeterTap.Count read, boolean hdlc)
            throws HarnessException {
        boolean complete = readout.identity().equals(simulated.identity())
                && readout.clock().isPresent()
                && readout.statusWords().size() == request.statusWords().size();
        if (!complete || !hdlc && readout.roundTrips() != read.up().size()) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED,
                    "meter " + simulated.number() + ": identity, clock or status words are missing, or "
                            + readout.roundTrips() + " round trips are told for "
                            + read.up().size());
        }
    }

    private static TreeSet<String> lines(MeterReadout readout) {
        TreeSet<String> lines = new TreeSet<>();
        for (ProfileBlock block : readout.profiles()) {
            for (Column column : block.columns()) {
                for (int i = 0; i < block.slots(); i++) {
                    if (block.status()[i] >= 0) {
                        lines.add(line(column.channel(), block.endOf(i), column.values()[i], column.unit()));
                    }
                }
            }
        }
        for (RegisterSet set : readout.registers()) {
            for (RegisterValue v : set.values()) {
                if (set.kind() == RegisterKind.DAILY) {
                    lines.add(line(v.register(), set.stamp(), v.value(), v.unit()) + ","
                            + v.occurredAt().map(Instant::toString).orElse(""));
                }
            }
        }
        return lines;
    }

    /** As in the ledger: channel, time, value in Wh, varh or W. */
    static String line(Obis channel, Instant at, long value, Unit unit) {
        BigDecimal scaled = BigDecimal.valueOf(value).scaleByPowerOfTen(unit.scaler());
        return channel + "," + at + ","
                + (value == 0 ? "0" : scaled.stripTrailingZeros().toPlainString());
    }
}
