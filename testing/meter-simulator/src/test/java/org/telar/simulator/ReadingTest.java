package org.telar.simulator;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

import gurux.dlms.GXReplyData;
import gurux.dlms.objects.GXDLMSData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

import static org.assertj.core.api.Assertions.assertThat;

class ReadingTest {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-23T12:34:56Z"), ZoneOffset.UTC);

    @TempDir
    static Path data;

    static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Sims.start(data, 60, Map.of(Medium.WRAPPER, 50, Medium.HDLC_TCP, 25, Medium.PTY, 25), 1024, CLOCK);
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource({"WRAPPER,A", "WRAPPER,B", "HDLC_TCP,A", "HDLC_TCP,B", "PTY,A", "PTY,B"})
    void identity(Medium medium, MeterModel model) throws Exception {
        Meter meter = Sims.meter(simulator, medium, model);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXReplyData reply = client.exchange(client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2));
            assertThat(new String((byte[]) reply.getValue(), StandardCharsets.US_ASCII))
                    .isEqualTo(meter.spec().identity());
        }
    }
}
