package org.telar.simulator.iec21;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.media.Traffic;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The third-party meters byte by byte. Frames with a printed block check are from the manual of a real meter (LEM
 * EM4TII+, V1.0, §4.2.9), so that reader and simulator do not merely agree with each other.
 */
class StationTest {
    private Fleet fleet;
    private Station station;
    private Meter meter;

    @BeforeEach
    void build() {
        Clock clock = Clock.fixed(Instant.parse("2026-04-10T15:07:00Z"), ZoneOffset.UTC);
        fleet = Fleet.build(
                new FleetSettings(
                        7,
                        1,
                        45,
                        ZoneId.of("America/Santiago"),
                        new EnumMap<>(Map.of(Medium.WRAPPER, 100)),
                        new EnumMap<>(Map.of(MeterModel.A, 100)),
                        15,
                        24_000,
                        Path.of("."),
                        0,
                        2),
                clock);
        station = new Station(fleet, new Traffic());
        List<Meter> third = fleet.meters().stream()
                .filter(m -> m.spec().medium() == Medium.IEC21)
                .toList();
        assertThat(third).hasSize(2);
        meter = third.get(0);
    }

    private String send(String text) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        station.received(bytes, bytes.length, out::writeBytes);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private void signOn() throws Exception {
        assertThat(send("/?" + meter.spec().number() + "!\r\n")).isEqualTo("/TLE5THIRD-E1\r\n");
        assertThat(send("\u0006051\r\n")).startsWith("\u0001P0\u0002(").contains("\u0003");
        byte[] password = meter.spec().credentials().password();
        String login = "P1\u0002(" + new String(password, StandardCharsets.US_ASCII) + ")\u0003";
        int check = login.chars().reduce(0, (a, b) -> a ^ b);
        assertThat(send("\u0001" + login + (char) check)).isEqualTo("\u0006");
    }

    @Test
    @DisplayName("R13: sign-on, password, and the printed frames for date, time and break")
    void printedFrames() throws Exception {
        signOn();
        String date = send("\u0001R5\u00020.9.2()\u0003\\");
        assertThat(date).startsWith("\u00020.9.2(0260410)\u0003");
        assertThat(date.substring(1, date.length() - 1).chars().reduce(0, (a, b) -> a ^ b))
                .isEqualTo(date.charAt(date.length() - 1));
        assertThat(send("\u0001R5\u00020.9.1()\u0003_")).startsWith("\u00020.9.1(0110700)\u0003");
        assertThat(send("\u0001B0\u0003q")).isEmpty();
        // Ended: a command is not answered, a sign-on is.
        assertThat(send("\u0001R5\u00020.9.1()\u0003_")).isEmpty();
        signOn();
    }

    @Test
    @DisplayName("a wrong check is answered with NAK, NAK with the same again; nothing is read without the password")
    void repeats() throws Exception {
        send("/?" + meter.spec().number() + "!\r\n");
        send("\u0006051\r\n");
        assertThat(send("\u0001R5\u00020.9.2()\u0003\\")).startsWith("\u0002(ER05)");
        assertThat(send("\u0001R5\u00020.9.2()\u0003x")).isEqualTo("\u0015");
        assertThat(send("\u0001P1\u0002(00000000)\u0003a")).startsWith("\u0002(ER04)");
        assertThat(send("\u0015")).startsWith("\u0002(ER04)");
    }

    @Test
    @DisplayName("mute or called by another address, it says nothing")
    void silence() throws Exception {
        assertThat(send("/?99!\r\n")).isEmpty();
        meter.mute(true);
        assertThat(send("/?" + meter.spec().number() + "!\r\n")).isEmpty();
        meter.mute(false);
        signOn();
    }

    @Test
    @Timeout(20)
    @DisplayName("garbage never throws, and afterwards a break and a sign-on are answered")
    void garbage() throws Exception {
        Random random = new Random(1);
        byte[] bytes = new byte[100_000];
        random.nextBytes(bytes);
        send(new String(bytes, StandardCharsets.ISO_8859_1));
        send("\u0001B0\u0003q");
        signOn();
    }
}
