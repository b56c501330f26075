package org.telar.concentrator.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.telar.acquisition.MediumConfig;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.api.platform.ClockTrust;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.Gateway;
import org.telar.api.platform.KeyReceiver;
import org.telar.api.platform.PlatformHealth;
import org.telar.api.store.OutboxKind;
import org.telar.api.uplink.Uplink;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Order;
import org.telar.contract.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A concentrator with its own threads over meters, a store and a link that the test holds in its hands. */
abstract class ConcentratorFixture {
    static final Obis STANDARD_LOG = Obis.parse("0.0.99.98.0");
    static final Duration SOON = Duration.ofSeconds(10);
    static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");
    /** 07:08 local time: 28 quarter-hours of the day have ended. */
    static final Instant NOW = Instant.parse("2026-11-20T10:08:00Z");

    static final int TODAY = 28;
    static final int THREE_DAYS = 3 * 96;

    @TempDir
    Path folder;

    final TurnedClock clock = new TurnedClock(NOW);
    final FakeStore store = new FakeStore();
    final FakeMeters meters = new FakeMeters(clock);
    final FakeUplink uplink = new FakeUplink();
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final FakeKeys keys = new FakeKeys();
    final FakeHealth health = new FakeHealth();
    final Trust trust = new Trust();
    /** How far the monotonic clock was put forward. */
    volatile Duration later = Duration.ZERO;

    Concentrator concentrator;

    @AfterEach
    void close() {
        if (concentrator != null) {
            concentrator.close();
        }
    }

    void start(String... lines) throws IOException, StartRefused {
        Path file = folder.resolve("meters.csv");
        Files.writeString(file, table(lines));
        concentrator = new Concentrator(services(), settings(file));
        concentrator.start(Duration.ofMillis(50));
    }

    Services services() {
        EventSink sink = (code, severity, meter, text, detail) -> events.add(code + " " + meter);
        return new Services(
                new Gateway("gw-0001", new byte[8], folder),
                store,
                store,
                uplink,
                sink,
                name -> Optional.of(meters),
                meters,
                meter -> Optional.empty(),
                trust,
                clock,
                () -> System.nanoTime() + later.toNanos(),
                Optional.of(keys),
                () -> List.of(health));
    }

    static Settings settings(Path table) {
        return new Settings(
                table,
                List.of(medium("line"), medium("rf")),
                3,
                60,
                960,
                List.of(Obis.parse("1.0.1.8.0")),
                List.of(Obis.parse("1.0.32.7.0")),
                List.of(Obis.ALARM_REGISTER),
                List.of(STANDARD_LOG),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                true,
                new Agenda(0, SANTIAGO, List.of()));
    }

    static MediumConfig medium(String name) {
        return MediumText.parse("name=" + name + " address=tcp://" + name
                + ":1 firstTimeout=PT0.05S minTimeout=PT0.05S retries=PT0S,PT0S");
    }

    static String line(String id, String state) {
        return id + ",fake,M,ID-" + id + ",line,a:" + id + ",1,NONE,America/Santiago," + state + ",\n";
    }

    static String table(String... lines) {
        return "meter,driver,model,identity,medium,address,client_sap,authentication,zone,state,parameters\n"
                + String.join("", lines);
    }

    void order(Order.Type type, String id, String meter) {
        concentrator.received(
                "orders", Contract.encode(order(id, type, meter, clock.instant().plusSeconds(300))));
    }

    static Order order(String id, Order.Type type, String meter, Instant deadline) {
        Optional<MeterId> of = meter.isEmpty() ? Optional.empty() : Optional.of(new MeterId(meter));
        return new Order(id, type, of, Optional.empty(), Order.Source.METER, deadline);
    }

    void send(String id, Order.Type type, TimeRange range, Order.Source source) {
        concentrator.received(
                "orders",
                Contract.encode(new Order(
                        id,
                        type,
                        Optional.of(new MeterId("A")),
                        Optional.of(range),
                        source,
                        clock.instant().plusSeconds(300))));
    }

    Result.RunSummary summary(String run) {
        return (Result.RunSummary)
                awaited(r -> r instanceof Result.RunSummary s && s.run().equals(run));
    }

    Result.OrderResult result(String order) {
        return (Result.OrderResult)
                awaited(r -> r instanceof Result.OrderResult o && o.order().equals(order));
    }

    Result awaited(Predicate<Result> which) {
        return await().atMost(SOON)
                .until(() -> results().stream().filter(which).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    List<Result> results() {
        return store.payloads(OutboxKind.RESULT).stream()
                .map(bytes -> {
                    try {
                        return Contract.decodeResult(bytes);
                    } catch (ContractException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    static Result.Outcome outcome(Result.RunSummary s, String meter) {
        return s.meters().stream()
                .filter(o -> o.meter().equals(meter))
                .findFirst()
                .orElseThrow();
    }

    static final class Trust implements ClockTrust {
        volatile boolean trusted = true;

        @Override
        public boolean isTrusted() {
            return trusted;
        }

        @Override
        public String reason() {
            return trusted ? "" : "told by the test";
        }
    }

    static final class FakeUplink implements Uplink {
        private final List<String> receipts = Collections.synchronizedList(new ArrayList<>());
        volatile boolean connected = true;

        @Override
        public boolean isConnected() {
            return connected;
        }

        @Override
        public void publishTransient(String topic, byte[] payload) {
            assertThat(topic).isEqualTo("receipts");
            try {
                receipts.add(Contract.decodeReceipt(payload));
            } catch (ContractException e) {
                throw new AssertionError(e);
            }
        }

        List<String> receipts() {
            return List.copyOf(receipts);
        }
    }

    /** Civil time that stands still until the test turns it; monotonic time goes on. */
    static final class TurnedClock extends java.time.Clock {
        private volatile Instant now;

        TurnedClock(Instant now) {
            this.now = now;
        }

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public java.time.Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Keys as they come, opened by turning every byte round. */
    static final class FakeKeys implements KeyReceiver {
        final Map<MeterId, MeterKeys> installed = new ConcurrentHashMap<>();
        private volatile long version;

        static byte[] sealed(byte[] plain) {
            byte[] turned = plain.clone();
            for (int i = 0; i < turned.length; i++) {
                turned[i] ^= (byte) 0xFF;
            }
            return turned;
        }

        @Override
        public byte[] open(byte[] envelope) throws GeneralSecurityException {
            if (envelope.length > 0 && envelope[0] == 0) {
                throw new GeneralSecurityException("not signed by the centre");
            }
            return sealed(envelope);
        }

        @Override
        public void install(long told, Map<MeterId, MeterKeys> keys) {
            version = told;
            installed.clear();
            installed.putAll(keys);
        }

        @Override
        public long version() {
            return version;
        }
    }

    static final class FakeHealth implements PlatformHealth {
        volatile Component component = new Component("modem", State.OK, "");
        volatile int signs;

        @Override
        public List<Component> components() {
            return List.of(component);
        }

        @Override
        public void alive() {
            signs++;
        }
    }
}
