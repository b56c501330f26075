package org.telar.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.simulator.control.Ledger;
import org.telar.simulator.cosem.ClosingRows;
import org.telar.simulator.cosem.CosemTime;
import org.telar.simulator.cosem.LoadProfileRows;
import org.telar.simulator.cosem.Row;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel.Deviation;
import org.telar.simulator.fleet.PowerCut;
import org.telar.simulator.fleet.StatusHistory;

import static org.assertj.core.api.Assertions.assertThat;

/** Days of 92 and 100 quarters, deviations, power cuts and drift (D3 D4 D5). */
class CalendarTest {
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");

    @TempDir
    Path data;

    private static Fleet fleetAt(String now) {
        return Fleet.build(
                Sims.settings(Path.of("unused"), 10, 20_000, Map.of(Medium.WRAPPER, 100)),
                Clock.fixed(Instant.parse(now), ZoneOffset.UTC));
    }

    private static Meter meterAt(String now) {
        return fleetAt(now).meters().iterator().next();
    }

    /** D5: 2026-09-06 loses an hour at midnight, 2026-04-04 gains one before midnight. */
    @ParameterizedTest
    @CsvSource({
        "2026-09-06T04:00:00Z,2026-09-07T03:00:00Z,92",
        "2026-04-04T03:00:00Z,2026-04-05T04:00:00Z,100",
        "2026-09-05T04:00:00Z,2026-09-06T04:00:00Z,96"
    })
    @DisplayName("D5: local days of 92, 96 and 100 quarters")
    void quarters(Instant midnight, Instant next, int rows) {
        Meter meter = meterAt(next.plusSeconds(3600).toString());
        assertThat(new LoadProfileRows().endingIn(meter, midnight.plusSeconds(1), next))
                .hasSize(rows);
        List<Row> closings = ClosingRows.daily().rows(meter, midnight.plusSeconds(1), next);
        assertThat(closings).extracting(Row::end).containsExactly(next);
    }

    /** D3 D5: the closing of 2026-09-05 as bytes: 01:00 local, deviation +180, daylight saving. */
    @ParameterizedTest
    @CsvSource({
        "NORMAL,07EA0906070100000000B480",
        "INVERTED,07EA09060701000000FF4C80",
        "UNSPECIFIED,07EA0906070100000080" + "0080"
    })
    @DisplayName("D3: the three dialects of the deviation, byte by byte")
    void dialects(Deviation dialect, String hex) {
        Instant closing = Instant.parse("2026-09-06T04:00:00Z");
        byte[] bytes = CosemTime.encode(closing, SANTIAGO, dialect);
        assertThat(HexFormat.of().withUpperCase().formatHex(bytes)).isEqualTo(hex);
        assertThat(CosemTime.decode(bytes, SANTIAGO, dialect)).isEqualTo(closing);
    }

    @Test
    @DisplayName("D3: an hour that occurs twice is told apart by the status byte where the deviation says nothing")
    void repeatedHour() {
        for (String at : List.of("2026-04-05T02:30:00Z", "2026-04-05T03:30:00Z")) {
            byte[] bytes = CosemTime.encode(Instant.parse(at), SANTIAGO, Deviation.UNSPECIFIED);
            assertThat(CosemTime.decode(bytes, SANTIAGO, Deviation.UNSPECIFIED)).isEqualTo(at);
        }
    }

    /** Bits of the profile status become CIM codes, ascending; daylight saving is no quality. */
    @ParameterizedTest
    @CsvSource({
        "0,1.0.0",
        "8,1.0.0",
        "16,1.0.0",
        "1,1.1.0",
        "2,1.1.9",
        "4,1.5.257",
        "32,1.4.9",
        "136,1.2.32",
        "255,1.1.0+1.1.9+1.2.32+1.4.9+1.5.257"
    })
    @DisplayName("R50: the ledger's quality codes")
    void qualities(int status, String codes) {
        assertThat(Ledger.quality(status)).isEqualTo(codes);
    }

    /** D4: rows of a power cut are missing, one off-grid row says when the power went, the next row carries the bit. */
    @Test
    @DisplayName("D4: a power cut swallows rows and leaves one off the grid")
    void powerCut() throws Exception {
        Fleet fleet = fleetAt("2026-11-20T12:00:00Z");
        Meter meter = fleet.meters().iterator().next();
        meter.cutPower(new PowerCut(Instant.parse("2026-11-20T08:07:30Z"), Instant.parse("2026-11-20T09:20:00Z")));
        List<Row> rows = new LoadProfileRows()
                .endingIn(meter, Instant.parse("2026-11-20T08:00:00Z"), Instant.parse("2026-11-20T10:00:00Z"));
        assertThat(rows)
                .extracting(r -> r.end().toString())
                .containsExactly(
                        "2026-11-20T08:00:00Z",
                        "2026-11-20T08:07:30Z",
                        "2026-11-20T09:30:00Z",
                        "2026-11-20T09:45:00Z",
                        "2026-11-20T10:00:00Z");
        assertThat(rows.get(1).status() & StatusHistory.POWER_DOWN).isNotZero();
        assertThat(rows.get(2).status() & StatusHistory.POWER_DOWN).isNotZero();
        Path file = data.resolve("ledger.csv");
        new Ledger(fleet).profile(Instant.parse("2026-11-20T08:00:00Z"), Instant.parse("2026-11-20T09:30:00Z"), file);
        assertThat(Files.readAllLines(file).stream()
                        .filter(l -> l.startsWith(meter.spec().number() + ",")))
                .hasSize(2 * 6)
                .allMatch(line -> line.contains("1.2.32"));
    }

    @Test
    @DisplayName("the ledger is sorted, in Wh without trailing zeros, and never ahead of the meter's clock")
    void ledgerFormat() throws Exception {
        Fleet fleet = fleetAt("2026-11-20T12:00:00Z");
        Path file = data.resolve("ledger.csv");
        long values = new Ledger(fleet)
                .profile(Instant.parse("2026-11-20T03:00:00Z"), Instant.parse("2027-01-01T00:00:00Z"), file);
        List<String> lines = Files.readAllLines(file);
        assertThat(values).isEqualTo(10L * 6 * 36).isEqualTo(lines.size() - 1);
        assertThat(lines.get(0)).isEqualTo("meter,channel,interval_end_utc,value,quality");
        List<String> body = lines.subList(1, lines.size());
        assertThat(body).isSorted();
        assertThat(body)
                .allMatch(
                        l -> l.matches(
                                "\\d{8},1\\.0\\.[125678]\\.(29|8)\\.0\\.255,2026-11-20T\\d\\d:(00|15|30|45):00Z,\\d+(\\.[1-9])?,[0-9.+]+"));
        assertThat(body.get(0)).contains("2026-11-20T03:15:00Z");
    }

    /** F22: a meter whose clock is an hour slow has not captured the last hour yet. */
    @Test
    @DisplayName("F22: drift moves the newest row")
    void drift() {
        Meter meter = meterAt("2026-11-20T12:00:00Z");
        meter.drift(java.time.Duration.ofHours(-1));
        List<Row> rows = new LoadProfileRows()
                .endingIn(meter, Instant.parse("2026-11-20T10:00:00Z"), Instant.MAX.minusSeconds(1_000_000));
        assertThat(rows.get(rows.size() - 1).end()).isEqualTo("2026-11-20T11:00:00Z");
    }
}
