package org.telar.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The meter-day on the wire, against real simulated meters. */
@Timeout(60)
class MeterDayTest {
    @Test
    @DisplayName(
            "D14 R41: one trip at PDU 64K, 5 at 1024, compact arrays in a third of the bytes; values equal the ledger")
    void targets() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new Bench(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run("meter-day", "--json", "--seed", "3");
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        Map<String, JsonNode> figures = new HashMap<>();
        new ObjectMapper()
                .readTree(out.toByteArray())
                .path("figures")
                .forEach(f -> figures.put(f.path("name").asText(), f));
        assertThat(figures.get("trips_64k").path("value").asInt()).isEqualTo(1);
        assertThat(figures.get("bytes_64k").path("value").asInt()).isBetween(4600, 5100);
        assertThat(figures.get("hdlc_frames_128").path("value").asInt()).isGreaterThan(40);
        assertThat(figures.values().stream().filter(f -> f.path("met").isBoolean()))
                .hasSize(6);
    }

    @Test
    @DisplayName("the tap counts frames however TCP cuts them, wrapper and HDLC alike")
    void tap() throws Exception {
        byte[] wrapper = HexFormat.of().parseHex("000100010011000301020300010001001100020506");
        byte[] hdlc = HexFormat.of().parseHex("7ea00703219331107e7ea00703219331107e");
        for (boolean isHdlc : new boolean[] {false, true}) {
            byte[] frames = isHdlc ? hdlc : wrapper;
            try (ServerSocket meter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    MeterTap tap = new MeterTap((InetSocketAddress) meter.getLocalSocketAddress(), isHdlc);
                    Socket reader = new Socket(InetAddress.getLoopbackAddress(), tap.port());
                    Socket wire = meter.accept()) {
                for (byte b : frames) {
                    reader.getOutputStream().write(b);
                }
                assertThat(wire.getInputStream().readNBytes(frames.length)).isEqualTo(frames);
                wire.getOutputStream().write(frames);
                assertThat(reader.getInputStream().readNBytes(frames.length)).isEqualTo(frames);
                assertThat(tap.count().up()).hasSize(2).isEqualTo(tap.count().down());
                assertThat(tap.count().bytes()).isEqualTo(2L * frames.length);
            }
        }
    }
}
