package org.telar.simulator;

import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import gurux.dlms.GXReplyData;
import gurux.dlms.objects.GXDLMSData;
import gurux.dlms.objects.GXDLMSProfileGeneric;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.simulator.air.Preset;
import org.telar.simulator.control.Json;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.fleet.MeterModel.Auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Gurux's client over modelled media: everything still works, in the time that the model takes (R50). */
class EmulatedTest {
    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        Map<Medium, Preset> models = new EnumMap<>(Medium.class);
        models.put(Medium.WRAPPER, Preset.of("cellular"));
        models.put(Medium.HDLC_TCP, Preset.of("rf-4800-128"));
        models.put(Medium.PTY, Preset.of("rs485-9600"));
        models.put(Medium.UDP, Preset.of("g3"));
        models.put(Medium.GATEWAY, Preset.of("prime-1"));
        models.put(Medium.PRIME, Preset.of("prime-2"));
        Map<Medium, Integer> media = new EnumMap<>(Medium.class);
        models.keySet().forEach(medium -> media.put(medium, 100));
        simulator = Sims.start(data, 12, media, List.of(MeterModel.B), 512, Clock.systemUTC(), models);
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    private static Meter on(Medium medium) {
        return Sims.meter(simulator, medium, MeterModel.B);
    }

    /** Least airtime of one small request and its answer, milliseconds: latency and access in both directions. */
    @ParameterizedTest
    @CsvSource({"WRAPPER,240", "HDLC_TCP,100", "PTY,60", "UDP,80", "GATEWAY,70", "PRIME,100"})
    @DisplayName("R50: a name is read over each modelled medium, and takes the model's time")
    void takesTime(Medium medium, int leastMillis) throws Exception {
        Meter meter = on(medium);
        try (GuruxClient client = GuruxClient.open(
                        meter.spec(), 16, Auth.NONE, meter.spec().credentials())
                .associate()) {
            long start = System.nanoTime();
            GXReplyData reply = client.exchange(client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2));
            long took = (System.nanoTime() - start) / 1_000_000;
            assertThat(new String((byte[]) reply.getValue()))
                    .isEqualTo(meter.spec().identity());
            assertThat(took).isGreaterThanOrEqualTo(leastMillis);
        }
    }

    @Test
    @DisplayName(
            "R50: blocks over two lossy hops arrive whole; the airtime is counted; base node commands are not on the air")
    void blocksOverTwoHops() throws Exception {
        Meter meter = on(Medium.PRIME);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXReplyData reply = client.exchange(client.dlms.read(new GXDLMSProfileGeneric("0.0.99.98.0.255"), 2));
            assertThat((List<?>) reply.getValue()).isNotEmpty();
        }
        Map<?, ?> airs = (Map<?, ?>)
                Json.parse(simulator.commands().run("{\"cmd\":\"air\"}")).get("air");
        Map<?, ?> prime = (Map<?, ?>) airs.get("prime");
        assertThat(prime.get("model")).isEqualTo("prime-2");
        assertThat((Double) prime.get("busy_ms")).isGreaterThan(400);
        assertThat((Double) prime.get("segments")).isGreaterThan((Double) prime.get("messages"));
        assertThat(simulator
                        .commands()
                        .run("{\"cmd\":\"prime-leave\",\"meter\":"
                                + meter.spec().number() + "}"))
                .isEqualTo("{\"ok\":true}");
        assertThat(simulator
                        .commands()
                        .run("{\"cmd\":\"prime-join\",\"meter\":" + meter.spec().number() + "}"))
                .contains("\"node\":256");
    }

    @Test
    @DisplayName("--emulate: a wrong model or medium is named, with what was expected")
    void options() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--emulate", "prime=warp"}))
                .hasMessage("--emulate: no medium model \"warp\"; expected one of prime-1, prime-2, g3, rf-4800-128,"
                        + " rs485-9600, cellular");
        assertThatThrownBy(() -> Options.parse(new String[] {"--emulate", "smoke=g3"}))
                .hasMessage("--emulate: no medium \"smoke\"");
        assertThatThrownBy(() -> Options.parse(new String[] {"--emulate", "prime"}))
                .hasMessage("--emulate prime: expected medium=model,...");
        assertThat(Options.parse(new String[] {"--emulate", "udp=g3,pty=rs485-9600"})
                        .models())
                .hasSize(2);
    }
}
