package org.telar.concentrator.internal;

import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.telar.acquisition.LocalDays;
import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Finding;
import org.telar.api.meter.LogRange;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Column;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterEvent;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.StatusWord;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;

/** Meters that answer what they are asked, by the test's clock; each may be mute, a stranger, slow, or off in time. */
final class FakeMeters implements MeterDriver, ChannelFactory {
    static final Duration QUARTER = Duration.ofMinutes(15);
    private static final Obis BILLING = Obis.parse("0.0.98.1.0");

    final Set<String> mute = ConcurrentHashMap.newKeySet();
    final Map<String, String> identities = new ConcurrentHashMap<>();
    final Map<String, Ko> refusing = new ConcurrentHashMap<>();
    final Map<String, Duration> offsets = new ConcurrentHashMap<>();
    final Map<String, Long> words = new ConcurrentHashMap<>();
    final Map<String, List<ReadRequest>> asked = new ConcurrentHashMap<>();
    final Map<String, List<String>> clockWrites = new ConcurrentHashMap<>();
    final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    /** Silent on one medium only: {@code medium/meter}. */
    final Set<String> muteOn = ConcurrentHashMap.newKeySet();

    final Map<String, List<MeterEvent>> logs = new ConcurrentHashMap<>();
    final Map<String, List<Instant>> billed = new ConcurrentHashMap<>();
    final Map<String, List<Finding>> findings = new ConcurrentHashMap<>();
    final Set<String> noClosings = ConcurrentHashMap.newKeySet();
    private final Clock clock;

    FakeMeters(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean opens(URI address) {
        return true;
    }

    @Override
    public Channel open(URI address, Duration timeout) {
        return new Channel() {
            @Override
            public void write(byte[] bytes) {}

            @Override
            public int read(byte[] into, Duration wait) throws SocketTimeoutException {
                throw new SocketTimeoutException();
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    List<ReadRequest> asked(String meter) {
        return List.copyOf(asked.getOrDefault(meter, List.of()));
    }

    @Override
    public MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Duration timeout)
            throws MeterException {
        String id = meter.id().number();
        if (mute.contains(id) || muteOn.contains(meter.medium() + "/" + id)) {
            throw new MeterException(Ko.METER_SILENT, meter.id(), "no answer within " + timeout);
        }
        if (refusing.containsKey(id)) {
            throw new MeterException(refusing.get(id), meter.id(), "told to refuse by the test");
        }
        return new Session(meter);
    }

    private final class Session implements MeterSession {
        private final Meter meter;
        private final String id;

        Session(Meter meter) {
            this.meter = meter;
            this.id = meter.id().number();
        }

        @Override
        public MeterReadout read(ReadRequest request) throws MeterException {
            await();
            asked.computeIfAbsent(id, m -> java.util.Collections.synchronizedList(new ArrayList<>()))
                    .add(request);
            String identity = identities.getOrDefault(id, meter.identity());
            if (!identity.equals(meter.identity())) {
                throw new MeterException(Ko.IDENTITY, meter.id(), "expected " + meter.identity() + ", got " + identity);
            }
            Instant now = clock.instant();
            List<RegisterSet> registers = new ArrayList<>();
            if (!noClosings.contains(id)) {
                request.closings().forEach(r -> registers.addAll(closings(r)));
            }
            for (TimeRange range : request.billing()) {
                billed.getOrDefault(id, List.of()).stream()
                        .filter(range::contains)
                        .forEach(at -> registers.add(set(RegisterKind.BILLING, BILLING, at, Obis.parse("1.0.1.8.0"))));
            }
            List<MeterEvent> events = new ArrayList<>();
            for (LogRange log : request.logs()) {
                logs.getOrDefault(id, List.of()).stream()
                        .filter(e -> e.log().equals(log.log()) && log.range().contains(e.at()))
                        .forEach(events::add);
            }
            if (!request.registers().isEmpty()) {
                registers.add(set(
                        RegisterKind.ON_DEMAND,
                        Obis.CLOCK,
                        now,
                        request.registers().get(0)));
            }
            List<StatusWord> read = request.statusWords().stream()
                    .map(o -> new StatusWord(o, words.getOrDefault(id, 0L)))
                    .toList();
            return new MeterReadout(
                    identity,
                    Optional.of(now.plus(offsets.getOrDefault(id, Duration.ZERO))),
                    now,
                    request.profile().stream().map(this::block).toList(),
                    registers,
                    read,
                    events,
                    1,
                    findings.getOrDefault(id, List.of()));
        }

        private void await() throws MeterException {
            CountDownLatch latch = held.get(id);
            try {
                if (latch != null && !latch.await(10, TimeUnit.SECONDS)) {
                    throw new MeterException(Ko.METER_SILENT, meter.id(), "held by the test");
                }
            } catch (InterruptedException e) {
                throw new MeterException(Ko.CANCELLED, meter.id(), "interrupted");
            }
        }

        private ProfileBlock block(TimeRange range) {
            int slots = (int) Duration.between(range.from(), range.to()).dividedBy(QUARTER);
            long[] values = new long[slots];
            int[] status = new int[slots];
            for (int i = 0; i < slots; i++) {
                values[i] = i;
            }
            return new ProfileBlock(
                    Obis.LOAD_PROFILE,
                    range.from().plus(QUARTER),
                    QUARTER,
                    List.of(new Column(Obis.parse("1.0.1.29.0"), new Unit(0, Unit.WATT_HOUR), values)),
                    status,
                    List.of());
        }

        private List<RegisterSet> closings(TimeRange range) {
            List<RegisterSet> sets = new ArrayList<>();
            for (LocalDate day = LocalDays.dayOf(range.to(), meter.zone());
                    range.contains(LocalDays.start(day, meter.zone()));
                    day = day.minusDays(1)) {
                sets.add(set(
                        RegisterKind.DAILY,
                        Obis.DAILY_CLOSING,
                        LocalDays.start(day, meter.zone()),
                        Obis.parse("1.0.1.8.0")));
            }
            return sets;
        }

        private RegisterSet set(RegisterKind kind, Obis source, Instant stamp, Obis register) {
            Unit unit = new Unit(0, Unit.WATT_HOUR);
            return new RegisterSet(
                    kind, source, stamp, 0, List.of(new RegisterValue(register, unit, 42, Optional.empty())));
        }

        @Override
        public void setClock(Instant to) {
            wrote("set");
            offsets.put(id, Duration.ZERO);
        }

        @Override
        public void shiftClock(Duration by) {
            wrote("shift " + by.toSeconds());
            offsets.merge(id, by, Duration::plus);
        }

        private void wrote(String what) {
            clockWrites.computeIfAbsent(id, m -> new ArrayList<>()).add(what);
        }

        @Override
        public void close() {}
    }

    /** Releases a meter that was held. */
    void release(MeterId meter) {
        held.remove(meter.number()).countDown();
    }
}
