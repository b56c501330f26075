package org.telar.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.harness.SimulatorClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The real driver over real channels against the simulator, which has another DLMS stack: what is read equals what the
 * meters hold, value by value.
 */
@Timeout(120)
class MeterReadTest {
    private static final Instant NOW = Instant.now();
    private static final Instant TO = NOW.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
    private static final Instant FROM = TO.minus(1, ChronoUnit.DAYS);
    private static final ReadRequest METER_DAY = new ReadRequest(
            List.of(new TimeRange(FROM, TO)),
            List.of(new TimeRange(FROM, TO)),
            List.of(),
            true,
            List.of(Obis.ERROR_REGISTER, Obis.ALARM_REGISTER));

    @TempDir
    static Path folder;

    private static SimulatedMeters simulator;
    private static List<Map<String, String>> fleet;
    private static Map<String, List<String>> ledger;
    private static Map<String, List<String>> closings;

    @BeforeAll
    static void start() throws Exception {
        simulator = SimulatedMeters.start(
                folder,
                "--meters",
                "48",
                "--mix",
                "wrapper=40,hdlc-tcp=30,pty=30",
                "--models",
                "A=40,B=25,C=25,D=10",
                "--line-size",
                "5");
        fleet = simulator.fleet();
        ledger = simulator.truth("ledger", FROM, TO);
        closings = simulator.truth("closings", FROM, TO);
    }

    @AfterAll
    static void stop() throws Exception {
        if (simulator != null) {
            simulator.close();
        }
    }

    private static Map<String, String> one(String medium, String model) {
        return fleet.stream()
                .filter(m -> m.get("medium").equals(medium) && m.get("model").startsWith(model))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("R02 R42 D3 D5 D7 D18: every meter of every medium and model, both channel kinds, equals the ledger")
    void allMedia() throws Exception {
        try (Reader reader = new Reader()) {
            for (Map<String, String> meter : fleet) {
                MeterReadout readout = reader.read(meter, METER_DAY);
                String number = meter.get("meter");
                assertThat(Truth.profile(number, readout))
                        .as("profile of %s", meter)
                        .containsExactlyInAnyOrderElementsOf(ledger.get(number));
                assertThat(Truth.closings(number, readout))
                        .as("closings of %s", meter)
                        .containsExactlyInAnyOrderElementsOf(closings.getOrDefault(number, List.of()));
                assertThat(readout.identity()).isEqualTo(meter.get("identity"));
                assertThat(readout.statusWords()).hasSize(2);
                assertThat(Duration.between(readout.clock().orElseThrow(), readout.readAt())
                                .abs())
                        .isLessThan(Duration.ofSeconds(3));
            }
        }
    }

    @Test
    @DisplayName("D14: a meter-day needs at most 7 round trips at PDU 1024 once the model is known, on every medium")
    void roundTrips() throws Exception {
        try (Reader reader = new Reader()) {
            for (String medium : List.of("wrapper", "hdlc-tcp", "pty")) {
                Map<String, String> meter = one(medium, "TLR-A1");
                reader.read(meter, METER_DAY);
                assertThat(reader.read(meter, METER_DAY).roundTrips())
                        .as(medium)
                        .isBetween(1, 6);
            }
        }
    }

    @Test
    @DisplayName("D8: an agent that forgot its counter resynchronises through the public client; two trips, one retry")
    void forgottenCounter() throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp")) {
            Map<String, String> meter = one(medium, "TLR-A1");
            try (Reader first = new Reader();
                    Reader forgetful = new Reader()) {
                first.counters.atLeast(new MeterId(meter.get("meter")), 5_000);
                first.read(meter, ReadRequest.probe());
                MeterReadout readout = forgetful.read(meter, ReadRequest.probe());
                assertThat(readout.identity()).isEqualTo(meter.get("identity"));
                assertThat(forgetful.counters.next.get(new MeterId(meter.get("meter"))))
                        .isGreaterThan(5_000);
            }
        }
    }

    @Test
    @DisplayName("R80 D13: a wrong password or key is AUTH_FAILED, never a lower security")
    void wrongKeys() throws Exception {
        for (Map<String, String> meter : List.of(one("wrapper", "TLR-B2"), one("wrapper", "TLR-A1"))) {
            Map<String, String> stranger = new java.util.HashMap<>(meter);
            stranger.put("password", "00".repeat(8));
            stranger.put("gek", meter.get("gek").isEmpty() ? "" : "00".repeat(16));
            try (Reader reader = new Reader()) {
                assertThatThrownBy(() -> reader.read(stranger, ReadRequest.probe()))
                        .isInstanceOfSatisfying(
                                MeterException.class,
                                e -> assertThat(e.ko()).as(meter + ": " + e).isEqualTo(Ko.AUTH_FAILED));
            }
        }
    }

    @Test
    @DisplayName("D1: two meters that swapped addresses are told apart before anything of them is returned")
    void swapped() throws Exception {
        List<Map<String, String>> lls = fleet.stream()
                .filter(m -> m.get("auth").equals("LLS") && m.get("medium").equals("wrapper"))
                .toList();
        Map<String, String> mine = lls.get(0);
        Map<String, String> other = new java.util.HashMap<>(lls.get(1));
        other.put("identity", mine.get("identity"));
        try (Reader reader = new Reader()) {
            assertThatThrownBy(() -> reader.read(other, METER_DAY))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.IDENTITY));
        }
    }

    @Test
    @DisplayName("R44 F22: a mute meter is METER_SILENT within its timeouts, its neighbours on the line are read")
    void mute() throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp", "pty")) {
            List<Map<String, String>> line = fleet.stream()
                    .filter(m -> m.get("endpoint").equals(one(medium, "TLR-A1").get("endpoint")))
                    .toList();
            Map<String, String> silent = line.get(0);
            var request = SimulatorClient.request().put("cmd", "mute");
            request.putArray("meters").add(silent.get("meter"));
            simulator.call(request);
            try (Reader reader = new Reader()) {
                long before = System.nanoTime();
                assertThatThrownBy(() -> reader.associate(
                                silent,
                                Reader.keys(silent),
                                Map.of(),
                                org.telar.api.meter.Airtime.FREE,
                                Duration.ofMillis(600)))
                        .isInstanceOfSatisfying(
                                MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.METER_SILENT));
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
                assertThat(reader.read(line.get(1), ReadRequest.probe()).identity())
                        .isEqualTo(line.get(1).get("identity"));
            } finally {
                simulator.call(request.deepCopy().put("cmd", "unmute"));
            }
        }
    }
}
