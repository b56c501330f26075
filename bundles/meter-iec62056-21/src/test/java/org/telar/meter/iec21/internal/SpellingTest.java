package org.telar.meter.iec21.internal;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Codes, numbers, status bits and meter table entries of meters that spell things otherwise than the DLMS fleet (R13). */
class SpellingTest {
    @ParameterizedTest
    @CsvSource({
        "1-0:1.8.0*255, 1.0.1.8.0.255",
        "1.8.0, 1.0.1.8.0.255",
        "1.29, 1.0.1.29.0.255",
        "1-1:1.8.1*05, 1.1.1.8.1.5",
        "1.6.0&12, 1.0.1.6.0.12",
        "F.F, 0.0.97.97.0.255",
        "0-0:C.1.0*255, 0.0.96.1.0.255",
        "C.1.0, 0.0.96.1.0.255",
        "P.01, 1.0.99.1.0.255",
        "P.02, 1.0.99.2.0.255",
        "0.9.1, 1.0.0.9.1.255"
    })
    @DisplayName("R13: OBIS codes in every spelling")
    void codes(String text, String obis) {
        assertThat(Code.parse(text, 0).obis()).isEqualTo(Obis.parse(obis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "P", "1.8.0.0", "999.8.0", "1-0:1.8.0*999", "X.1.0", "1-0:", "1.8.0*"})
    @DisplayName("what is no code is refused")
    void noCodes(String text) {
        assertThat(Code.tryParse(text, 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "00012345.678, kWh, 12345678, 0, 30",
        "0.18374, kW, 18374, -2, 27",
        "12, Wh, 12, 0, 30",
        "-1.5, kvarh, -15, 2, 32",
        "7., MWh, 7, 6, 30",
        "3, furlongs, 3, 0, 255"
    })
    @DisplayName("D6: numbers stay exact; decimals and prefix become the scaler, nothing else is applied")
    void quantities(String text, String unit, long digits, int scaler, int code) {
        Quantity q = Quantity.parse(text).orElseThrow();
        assertThat(q.digits()).isEqualTo(digits);
        assertThat(Quantity.unit(unit, q.decimals())).isEqualTo(new Unit(scaler, code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "-", "1,5", "1e5", "12345678901234567890", "1.1234567890", "0x10", "----", "Point"})
    @DisplayName("what is no number is no value")
    void noQuantities(String text) {
        assertThat(Quantity.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "00, 00", "01, 01", "02, 02", "04, 04", "08, 08", "10, 00", "20, 20", "40, 80", "80, 80", "A5, A5", "C0, 80"
    })
    @DisplayName("R13: EDIS bits become the AMR byte of the centre's table, the raw word stays above it")
    void status(String edis, String amr) {
        int raw = Integer.parseInt(edis, 16);
        int status = EdisStatus.translate(raw, false);
        assertThat(status & 0xFF).isEqualTo(Integer.parseInt(amr, 16));
        assertThat(status >> 8).isEqualTo(raw);
        assertThat(EdisStatus.translate(raw, true) & 0x08).isEqualTo(0x08);
        // A status word is never negative, however wide the maker's word is.
        assertThat(EdisStatus.translate(0xFFFF_FF00L | raw, true)).isNotNegative();
    }

    @Test
    @DisplayName("D18: billing history of a readout: the demand with its time, periods that were not asked left out")
    void billing() throws Exception {
        List<DataSet> readout = DataSet.parse("1-0:0.1.2*03(0261001000000)\r\n1-0:0.1.2*04(0261101000000)\r\n"
                + "1-0:1.8.0*03(0001.5*kWh)\r\n1-0:1.8.0*04(0002.5*kWh)\r\n"
                + "1-0:1.6.0*04(01.234*kW)(0261020191500)\r\n1-0:1.8.0*05(9*kWh)\r\n!\r\n");
        Registers registers = new Registers(new MeterTime(ZoneOffset.UTC, MeterTime.Convention.UTC), 0);

        List<RegisterSet> sets = registers.billing(
                readout,
                List.of(new TimeRange(Instant.parse("2026-10-15T00:00:00Z"), Instant.parse("2026-11-15T00:00:00Z"))));

        assertThat(sets).singleElement().satisfies(set -> {
            assertThat(set.kind()).isEqualTo(RegisterKind.BILLING);
            assertThat(set.stamp()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
            assertThat(set.values()).hasSize(2);
            assertThat(set.values().get(0).register()).isEqualTo(Obis.parse("1.0.1.8.0.255"));
            assertThat(set.values().get(1).value()).isEqualTo(1234);
            assertThat(set.values().get(1).unit()).isEqualTo(new Unit(0, Unit.WATT));
            assertThat(set.values().get(1).occurredAt()).contains(Instant.parse("2026-10-20T19:15:00Z"));
        });
    }

    @Test
    @DisplayName("R49, D5, D18: daily closings follow the civil day over both clock changes, demand with its time")
    void daily() throws Exception {
        MeterTime time = new MeterTime(Reading.SANTIAGO, MeterTime.Convention.LOCAL);
        String text = "P.02(0260905000000)(00)(1440)(3)(1.8.0)(kWh)(1.6.0)(kW)(1.6.0)()\r\n"
                + "(1.0)(2.5)(1260904201500)\r\n(2.0)(2.5)(1260904201500)\r\n(3.0)(2.75)(1260906201500)\r\n";
        List<RegisterSet> sets = new Registers(time, 0)
                .daily(
                        ProfileText.parse(text, "P.02", time, 0),
                        new TimeRange(Instant.parse("2026-09-05T00:00:00Z"), Instant.parse("2026-09-08T00:00:00Z")));
        // 2026-09-06 begins at 01:00 summer time: the closing of the 5th is stamped 04:00Z (D5's own example).
        assertThat(sets)
                .extracting(RegisterSet::stamp)
                .containsExactly(
                        Instant.parse("2026-09-05T04:00:00Z"),
                        Instant.parse("2026-09-06T04:00:00Z"),
                        Instant.parse("2026-09-07T03:00:00Z"));
        assertThat(sets.get(2).values().get(1).occurredAt()).contains(Instant.parse("2026-09-06T23:15:00Z"));
        assertThat(sets.get(2).values().get(1).unit()).isEqualTo(new Unit(1, Unit.WATT));
    }

    @ParameterizedTest
    @CsvSource({
        "dlms:17, '', address",
        "iec21:a/b, '', address",
        "iec21:1, time=moon, local",
        "iec21:1, message_s=0, 1 to 600"
    })
    @DisplayName("a wrong meter table entry is named with what was expected, and the meter is not touched")
    void parameters(String address, String parameter, String sentence) {
        Map<String, String> given = parameter.isEmpty()
                ? Map.of()
                : Map.of(parameter.split("=")[0], parameter.split("=")[1]);
        Meter m = Reading.meter("1", Reading.SANTIAGO, given);
        Meter wrong = new Meter(
                m.id(),
                m.driver(),
                m.model(),
                m.identity(),
                m.medium(),
                address,
                1,
                m.authentication(),
                m.zone(),
                m.parameters());
        assertThatThrownBy(() -> Reading.associate(new ScriptedMeter(), wrong, Instant.EPOCH))
                .isInstanceOfSatisfying(
                        MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.UNSUPPORTED))
                .hasMessageContaining(sentence);
    }

    @Test
    @DisplayName("a range from the beginning of time, or to its end, stays in the century of a two-digit year")
    void borders() throws Exception {
        Parameters p = Parameters.of(Reading.meter("1", ZoneOffset.UTC, Map.of("time", "utc", "period", "PT15M")));
        assertThat(p.stamp(Instant.EPOCH)).isEqualTo("20001020000");
        assertThat(p.stamp(Instant.MAX)).isEqualTo("29912300000");
        assertThat(p.stamp(Instant.parse("2026-11-10T09:45:00Z"))).isEqualTo("22611100945");
    }

    @Test
    @DisplayName("S29: HLS5 is never answered with a mere password; a password that would break the frame is refused")
    void authentication() {
        Meter m = Reading.meter("1", Reading.SANTIAGO, Map.of());
        Meter hls = new Meter(
                m.id(),
                m.driver(),
                m.model(),
                m.identity(),
                m.medium(),
                m.address(),
                1,
                Authentication.HLS5,
                m.zone(),
                Map.of());
        MeterDriver driver = new Iec21Driver(Clock.systemUTC());
        ScriptedMeter untouched = new ScriptedMeter();
        assertThatThrownBy(
                        () -> driver.associate(hls, Reading.PASSWORD, untouched, Airtime.FREE, Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.UNSUPPORTED));
        for (String password : List.of("", "abc)", "a\u0003", "(", "x".repeat(33))) {
            MeterKeys keys = new MeterKeys(password.getBytes(StandardCharsets.US_ASCII), new byte[0], new byte[0]);
            assertThatThrownBy(() -> driver.associate(m, keys, untouched, Airtime.FREE, Duration.ofSeconds(1)))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.AUTH_FAILED));
        }
        assertThat(untouched.sent()).isEmpty();
    }

    @Test
    @DisplayName("R13: outside OSGi the driver is found by ServiceLoader")
    void isFound() {
        assertThat(StreamSupport.stream(ServiceLoader.load(MeterDriver.class).spliterator(), false)
                        .map(MeterDriver::name))
                .contains("iec21");
    }
}
