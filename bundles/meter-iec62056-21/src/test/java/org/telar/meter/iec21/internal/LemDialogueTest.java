package org.telar.meter.iec21.internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Byte dialogues printed in the manual of a real meter: LEM EM4TII+, manual of 05 November 2020, V1.0, §4.2.9
 * "Examples of read-outs" (page 27) and §4.2.1. Frames with a block check are copied from there, not computed.
 */
class LemDialogueTest {
    /** Example 1 of §4.2.9; the printed check "+" is that of a meter whose blanks the print lost, so it is computed. */
    private static final String READOUT = "1-0:1.8.0*255(000000000.0*kWh)\r\n1-0:2.8.0*255(000000000.0*kWh)\r\n"
            + "1-0:3.8.0*255(000000000.0*kvarh)\r\n1-0:4.8.0*255(000000000.0*kvarh)\r\n0-0:F.F.0*255(00000000)\r\n"
            + "1-0:0.0.1*255()\r\n1-0:0.2.0*255(10600000)\r\n1-0:0.9.1*255(140253)\r\n1-0:0.9.2*255(121221)\r\n"
            + "0-0:C.1.0*255(03878504)\r\n0-0:C.72.1*255()\r\n1-0:0.8.4*255(5*min)\r\n"
            + "1-0:0.3.0*255(6.00*Imp/kWh)\r\n1-0:0.2.1*1(121120??)\r\n0-0:C.90.2*255(9F139CC2)\r\n"
            + "1-0:C.1.9*255(Point-ID)\r\n!\r\n";

    private static final Meter METER =
            Reading.meter("03878504", ZoneOffset.UTC, Map.of("identity", "C.1.0", "season", "no"));
    private static final Instant HOST = Instant.parse("2013-01-03T10:14:17Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<SOH>P0<STX>()<ETX>`",
                "<SOH>P1<STX>(00000000)<ETX>a",
                "<SOH>R5<STX>0.9.2()<ETX>\\",
                "<STX>0.9.2(130103)<ETX>9",
                "<SOH>R5<STX>0.9.1()<ETX>_",
                "<STX>0.9.1(101415)<ETX>:",
                "<SOH>W5<STX>1-0:0.9.129*255(1301031605000002)(00000000)<ETX>^",
                "<SOH>B0<ETX>q"
            })
    @DisplayName("IEC 62056-21 §5.5.2: the block check is the one that the manual prints")
    void printedBlockChecks(String printed) {
        byte[] frame = ScriptedMeter.bytes(printed);
        assertThat(Bcc.of(frame, 1, frame.length - 1)).isEqualTo(frame[frame.length - 1]);
    }

    @Test
    @DisplayName("R13, D1: sign-on, password, identity, date and time as printed; the identity comes before the data")
    void readsTheClock() throws Exception {
        ScriptedMeter line = new ScriptedMeter()
                .signOn()
                .checked("<SOH>R5<STX>C.1.0()<ETX>", "<STX>0-0:C.1.0*255(03878504)<ETX>")
                .step("<SOH>R5<STX>0.9.2()<ETX>\\", "<STX>0.9.2(130103)<ETX>9")
                .step("<SOH>R5<STX>0.9.1()<ETX>_", "<STX>0.9.1(101415)<ETX>:")
                .step("<SOH>B0<ETX>q", "");

        MeterReadout read;
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            read = session.read(ReadRequest.probe());
        }

        line.assertPlayed();
        assertThat(read.identity()).isEqualTo("03878504");
        assertThat(read.clock()).contains(Instant.parse("2013-01-03T10:14:15Z"));
        assertThat(read.readAt()).isEqualTo(HOST);
        // D14: three questions and their answers; the sign-on is the association.
        assertThat(read.roundTrips()).isEqualTo(3);
    }

    @Test
    @DisplayName("R13: four registers and the error word come in one data readout, decimals kept exactly")
    void readsRegistersInOneReadout() throws Exception {
        ScriptedMeter line = new ScriptedMeter()
                .signOn()
                .step("<SOH>B0<ETX>q", "")
                .step("/?!<CR><LF>", "/EMH5\\@D4EM4TIIW001--<CR><LF>")
                .checked("<ACK>050<CR><LF>", "<STX>" + READOUT + "<ETX>");
        ReadRequest request = new ReadRequest(
                List.of(),
                List.of(),
                List.of(Obis.parse("1.0.1.8.0.255"), Obis.parse("1.0.4.8.0.255"), Obis.parse("1.0.9.8.0.255")),
                true,
                List.of(Obis.ERROR_REGISTER));

        MeterReadout read;
        try (MeterSession session = Reading.associate(line, METER, Instant.parse("2012-12-21T14:02:50Z"))) {
            read = session.read(request);
        }

        line.assertPlayed();
        assertThat(read.clock()).contains(Instant.parse("2012-12-21T14:02:53Z"));
        assertThat(read.roundTrips()).isEqualTo(1);
        // 1.0.9.8.0 is not in the list: left out, not invented.
        assertThat(read.registers()).hasSize(1);
        assertThat(read.registers().get(0).values())
                .extracting(RegisterValue::register, RegisterValue::unit, RegisterValue::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Obis.parse("1.0.1.8.0.255"), new Unit(2, 30), 0L),
                        org.assertj.core.groups.Tuple.tuple(Obis.parse("1.0.4.8.0.255"), new Unit(2, 32), 0L));
        assertThat(read.registers().get(0).stamp()).isEqualTo(Instant.parse("2012-12-21T14:02:53Z"));
        assertThat(read.statusWords()).singleElement().satisfies(w -> assertThat(w.bits())
                .isZero());
    }

    @Test
    @DisplayName("D1: another meter on the link is IDENTITY, and nothing of it is returned")
    void anotherMeterAnswers() throws Exception {
        ScriptedMeter line = new ScriptedMeter()
                .signOn()
                .checked("<SOH>R5<STX>C.1.0()<ETX>", "<STX>0-0:C.1.0*255(03878505)<ETX>")
                .step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            assertThatThrownBy(() -> session.read(ReadRequest.probe()))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.IDENTITY))
                    .hasMessageContaining("03878505");
        }
        line.assertPlayed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<SOH>B0<ETX>q", "<STX>(ER04)<ETX>\u0011"})
    @DisplayName("D13: a refused password is AUTH_FAILED after one try: guesses lock meters")
    void refusedPassword(String refusal) {
        byte[] answer = ScriptedMeter.bytes(refusal);
        assertThat(Bcc.of(answer, 1, answer.length - 1)).isEqualTo(answer[answer.length - 1]);
        ScriptedMeter line = new ScriptedMeter()
                .step("/?!<CR><LF>", "/EMH5\\@D4EM4TIIW001--<CR><LF>")
                .step("<ACK>051<CR><LF>", "<SOH>P0<STX>()<ETX>`")
                .step("<SOH>P1<STX>(00000000)<ETX>a", refusal);
        assertThatThrownBy(() -> Reading.associate(line, METER, HOST))
                .isInstanceOfSatisfying(
                        MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.AUTH_FAILED))
                .hasMessageNotContaining("00000000");
        line.assertPlayed();
    }

    @Test
    @DisplayName("D13: a mute meter is METER_SILENT after three sign-ons, each after a break")
    void muteMeter() {
        ScriptedMeter line = new ScriptedMeter()
                .step("/?!<CR><LF>", "")
                .step("<SOH>B0<ETX>q", "")
                .step("/?!<CR><LF>", "")
                .step("<SOH>B0<ETX>q", "")
                .step("/?!<CR><LF>", "");
        assertThatThrownBy(() -> Reading.associate(line, METER, HOST))
                .isInstanceOfSatisfying(
                        MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.METER_SILENT));
        line.assertPlayed();
    }

    @Test
    @DisplayName("bad input: noise before and within an answer, a wrong check and a NAK are overcome")
    void resynchronises() throws Exception {
        ScriptedMeter line = new ScriptedMeter()
                .unasked("\u00ff\u0000xyz")
                // An echo of the request, then noise, then the identification (two-wire lines, optical heads).
                .step("/?!<CR><LF>", "/?!<CR><LF>\u0000\u007f/EMH5\\@D4EM4TIIW001--<CR><LF>")
                .step("<ACK>051<CR><LF>", "<ACK>051<CR><LF><SOH>P0<STX>()<ETX>`")
                .step("<SOH>P1<STX>(00000000)<ETX>a", "<ACK>")
                .checked("<SOH>R5<STX>C.1.0()<ETX>", "<NAK>")
                .checked("<SOH>R5<STX>C.1.0()<ETX>", "\u00fe\u00fe<STX>0-0:C.1.0*255(03878504)<ETX>")
                .step("<NAK>", "<STX>0-0:C.1.0*255(038")
                .step("<NAK>", "<STX>0-0:C.1.0*255(03878504)<ETX>" + check("0-0:C.1.0*255(03878504)"))
                .step("<SOH>R5<STX>0.9.2()<ETX>\\", "<STX>0.9.2(130103)<ETX>9")
                .step("<SOH>R5<STX>0.9.1()<ETX>_", "<STX>0.9.1(101415)<ETX>:")
                .step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            assertThat(session.read(ReadRequest.probe()).clock()).contains(Instant.parse("2013-01-03T10:14:15Z"));
        }
        line.assertPlayed();
    }

    private static char check(String data) {
        byte[] frame = ScriptedMeter.check(ScriptedMeter.bytes("<STX>" + data + "<ETX>"));
        return (char) frame[frame.length - 1];
    }

    @Test
    @DisplayName("bad input: the late answer to an earlier question does not answer the next one")
    void lateAnswer() throws Exception {
        ScriptedMeter line = new ScriptedMeter()
                .signOn()
                .checked("<SOH>R5<STX>C.1.0()<ETX>", "<STX>0-0:C.1.0*255(03878504)<ETX>")
                .step("<SOH>R5<STX>0.9.2()<ETX>\\", "<STX>0.9.1(101415)<ETX>:")
                .step("<SOH>R5<STX>0.9.2()<ETX>\\", "<STX>0.9.2(130103)<ETX>9")
                .step("<SOH>R5<STX>0.9.1()<ETX>_", "<STX>0.9.1(101415)<ETX>:")
                .step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            assertThat(session.read(ReadRequest.probe()).clock()).contains(Instant.parse("2013-01-03T10:14:15Z"));
        }
        line.assertPlayed();
    }

    @Test
    @DisplayName("D2: the clock is set by date and time and believed only when read back")
    void setsTheClock() throws Exception {
        ScriptedMeter line = new ScriptedMeter()
                .signOn()
                .checked("<SOH>R5<STX>C.1.0()<ETX>", "<STX>0-0:C.1.0*255(03878504)<ETX>")
                .checked("<SOH>W5<STX>0.9.2(130103)<ETX>", "<ACK>")
                .checked("<SOH>W5<STX>0.9.1(101417)<ETX>", "<ACK>")
                .step("<SOH>R5<STX>0.9.2()<ETX>\\", "<STX>0.9.2(130103)<ETX>9")
                .step("<SOH>R5<STX>0.9.1()<ETX>_", "<STX>0.9.1(101415)<ETX>:")
                .step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            session.setClock(HOST);
        }
        line.assertPlayed();
    }

    @Test
    @DisplayName("D2: a clock that does not take the time is an error")
    void clockThatDoesNotTake() throws Exception {
        ScriptedMeter line = new ScriptedMeter()
                .signOn()
                .checked("<SOH>R5<STX>C.1.0()<ETX>", "<STX>0-0:C.1.0*255(03878504)<ETX>")
                .checked("<SOH>W5<STX>0.9.2(130103)<ETX>", "<ACK>")
                .checked("<SOH>W5<STX>0.9.1(111417)<ETX>", "<ACK>")
                .step("<SOH>R5<STX>0.9.2()<ETX>\\", "<STX>0.9.2(130103)<ETX>9")
                .step("<SOH>R5<STX>0.9.1()<ETX>_", "<STX>0.9.1(101415)<ETX>:")
                .step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            assertThatThrownBy(() -> session.setClock(HOST.plusSeconds(3600)))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.PROTOCOL));
        }
        line.assertPlayed();
    }
}
