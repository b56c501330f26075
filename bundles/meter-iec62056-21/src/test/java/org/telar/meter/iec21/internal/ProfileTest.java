package org.telar.meter.iec21.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.model.Column;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Load profiles as real meters write them. The answers named EMH and Metcom are field captures of German meters, taken
 * from the test data of a public reader (GitHub, iec6205621 parser tests); the rest is made after them.
 */
class ProfileTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final String EMH = "P.01(1220823161500)(00000000)(15)(6)(1.5)(kW)(2.5)(kW)(5.5)(kvar)(6.5)(kvar)"
            + "(7.5)(kvar)(8.5)(kvar)\r\n(0.18374)(0.00078)(0.00000)(0.00006)(0.00087)(0.02431)\r\n"
            + "(0.16832)(0.00000)(0.00000)(0.00000)(0.00000)(0.02686)";
    private static final String METCOM = "P.01(1220823150000)(08)(15)(6)(1-0:1.5.0)(kW)(1-0:2.5.0)(kW)(1-0:5.5.0)(kvar)"
            + "(1-0:6.5.0)(kvar)(1-0:7.5.0)(kvar)(1-0:8.5.0)(kvar)\r\n(0.00000)(0.12683)(0.00000)(0.11411)(0.00000)"
            + "(0.00000)\r\n(0.00028)(0.06188)(0.00059)(0.07409)(0.00000)(0.00000)\r\n(0.00000)(0.11250)(0.00000)"
            + "(0.11677)(0.00000)(0.00000)\r\n(0.00006)(0.04656)(0.00082)(0.09270)(0.00000)(0.00000)\r\n";
    private static final String EMH_INCREMENTS = "P.01(1221005001500)(00000000)(15)(8)(1-1:1.29)(kWh)(1-1:2.29)(kWh)"
            + "(1-1:5.29)(kvarh)(1-1:6.29)(kvarh)(1-1:7.29)(kvarh)(1-1:8.29)(kvarh)(1-2:1.29)(kWh)(1-3:2.29)(kWh)\r\n"
            + "(0.00000)(0.04088)(0.00000)(0.00358)(0.00000)(0.00000)(0.00000)(0.00000)\r\n"
            + "(0.00000)(0.03964)(0.00000)(0.00350)(0.00000)(0.00000)(0.00000)(0.00000)\r\n";

    private static final MeterTime LOCAL = new MeterTime(BERLIN, MeterTime.Convention.LOCAL);

    @Test
    @DisplayName(
            "R13: EMH capture: short codes, season digit, 32-bit status; the stamp is the first row's interval end")
    void emh() throws Exception {
        List<Segment> segments = ProfileText.parse(EMH, "P.01", LOCAL, 0);

        assertThat(segments).hasSize(1);
        assertThat(segments.get(0).period()).isEqualTo(Duration.ofMinutes(15));
        assertThat(segments.get(0).channels())
                .extracting(Segment.Channel::obis)
                .startsWith(Obis.parse("1.0.1.5.0.255"), Obis.parse("1.0.2.5.0.255"));
        // 16:15 summer time in Berlin.
        assertThat(segments.get(0).rows())
                .extracting(Segment.Row::end)
                .containsExactly(Instant.parse("2022-08-23T14:15:00Z"), Instant.parse("2022-08-23T14:30:00Z"));
        assertThat(segments.get(0)
                        .rows()
                        .get(0)
                        .value(segments.get(0).channels().get(0)))
                .contains(new Quantity(18374, 5));
    }

    @Test
    @DisplayName("R13, D4: Metcom capture: on the grid, decimals into the scaler, the raw status above the AMR byte")
    void metcom() throws Exception {
        ProfileBlock block = block(METCOM, "2022-08-23T12:45:00Z", "2022-08-23T14:00:00Z", 0);

        assertThat(block.firstEnd()).isEqualTo(Instant.parse("2022-08-23T13:00:00Z"));
        assertThat(block.slots()).isEqualTo(5);
        Column export = block.columns().get(1);
        assertThat(export.unit()).isEqualTo(new Unit(-2, Unit.WATT));
        assertThat(export.values()).containsExactly(12683, 6188, 11250, 4656, Column.ABSENT);
        assertThat(block.status()).containsExactly(0x808, 0x808, 0x808, 0x808, ProfileBlock.MISSING);
    }

    @Test
    @DisplayName("R13, D7: EMH capture: increments under value group B 1, delivered as the meter's main quantities")
    void emhIncrements() throws Exception {
        ProfileBlock block = block(EMH_INCREMENTS, "2022-10-04T22:00:00Z", "2022-10-04T22:30:00Z", 1);

        assertThat(block.columns())
                .extracting(Column::channel)
                .startsWith(Obis.parse("1.0.1.29.0.255"), Obis.parse("1.0.2.29.0.255"))
                .contains(Obis.parse("1.2.1.29.0.255"));
        assertThat(block.columns().get(1).values()).containsExactly(4088, 3964);
        assertThat(block.columns().get(1).unit()).isEqualTo(new Unit(-2, Unit.WATT_HOUR));
    }

    @Test
    @DisplayName(
            "D4: a row off the grid and a second one in its slot are kept beside it, a gap is missing, nothing summed")
    void powerCut() throws Exception {
        String head = "(15)(1)(1.29.0)(kWh)\r\n";
        String text = "P.01(0261110100000)(00)" + head + "(1.0)\r\n(1.1)\r\n"
                + "P.01(0261110101807)(80)" + head + "(0.2)\r\n"
                + "P.01(0261110104500)(40)" + head + "(0.7)\r\n"
                + "P.01(0261110104500)(20)" + head + "(0.8)\r\n";

        ProfileBlock block = block(text, "2026-11-10T08:45:00Z", "2026-11-10T09:45:00Z", 0);

        assertThat(block.columns().get(0).values()).containsExactly(10, 11, Column.ABSENT, 7);
        assertThat(block.status()).containsExactly(0, 0, ProfileBlock.MISSING, 0x4000 | EdisStatus.POWER_DOWN);
        assertThat(block.offGrid()).hasSize(2);
        assertThat(block.offGrid().get(0).at()).isEqualTo(Instant.parse("2026-11-10T09:18:07Z"));
        assertThat(block.offGrid().get(0).status()).isEqualTo(0x8000 | EdisStatus.POWER_DOWN);
        assertThat(block.offGrid().get(0).values()).containsExactly(2);
        assertThat(block.offGrid().get(1).values()).containsExactly(8);
        assertThat(block.offGrid().get(1).status()).isEqualTo(0x2000 | EdisStatus.CLOCK_ADJUSTED);
    }

    @Test
    @DisplayName("D4: another channel or period behind a header starts a new block; together they cover the range")
    void changeOfShape() throws Exception {
        String text = "P.01(0261110100000)(00)(15)(1)(1.29.0)(kWh)\r\n(1.0)(1.1)\r\n"
                + "P.01(0261110110000)(00)(30)(2)(1.29.0)(kWh)(2.29.0)(kWh)\r\n(2.00)(0.10)\r\n(2.25)(0.1)\r\n";
        List<ProfileBlock> blocks =
                blocks(text, "2026-11-10T08:45:00Z", "2026-11-10T11:00:00Z", 0, LOCAL, Optional.empty());

        assertThat(blocks).hasSize(2);
        assertThat(blocks.get(0).columns().get(0).values()).containsExactly(10, 11);
        assertThat(blocks.get(1).period()).isEqualTo(Duration.ofMinutes(30));
        assertThat(blocks.get(1).firstEnd()).isEqualTo(Instant.parse("2026-11-10T09:30:00Z"));
        assertThat(blocks.get(1).columns().get(0).values()).containsExactly(Column.ABSENT, 200, 225, Column.ABSENT);
        // One scaler a column: 0.1 is written as 10 hundredths.
        assertThat(blocks.get(1).columns().get(1).values()).containsExactly(Column.ABSENT, 10, 10, Column.ABSENT);
    }

    @Test
    @DisplayName("a range without a row is missing in the shape known of the model; what is not captured yet is not")
    void emptyRange() throws Exception {
        ProfileBlock seen = block(METCOM, "2022-08-23T12:45:00Z", "2022-08-23T14:00:00Z", 0);
        List<ProfileBlock> blocks = blocks(
                "P.01()",
                "2022-08-24T00:00:00Z",
                "2022-08-25T00:00:00Z",
                0,
                LOCAL,
                Optional.of(ProfileBlocks.shapeOf(seen)),
                "2022-08-24T01:07:00Z");
        assertThat(blocks).hasSize(1);
        assertThat(blocks.get(0).slots()).isEqualTo(4);
        assertThat(blocks.get(0).status()).containsOnly(ProfileBlock.MISSING);
        assertThat(blocks.get(0).columns()).hasSize(6);
    }

    @Test
    @DisplayName("R13: partial blocks by R6: each acknowledged, a damaged one repeated by NAK, rows cut at any place")
    void partialBlocks() throws Exception {
        String end = METCOM.substring(200);
        ScriptedMeter line = profileMeter()
                .checked("<SOH>R6<STX>P.01(12208231445;12208231545)<ETX>", "<STX>" + METCOM.substring(0, 100) + "<EOT>")
                .step("<ACK>", "<STX>" + METCOM.substring(100, 150) + "~" + METCOM.substring(151, 200) + "<EOT>A")
                .checked("<NAK>", "<STX>" + METCOM.substring(100, 200) + "<EOT>")
                .checked("<ACK>", "<STX>" + end + "<ETX>")
                .step("<SOH>B0<ETX>q", "");

        MeterReadout read;
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            read = session.read(Reading.profile("2022-08-23T12:45:00Z", "2022-08-23T13:45:00Z"));
        }

        line.assertPlayed();
        assertThat(read.profiles()).hasSize(1);
        assertThat(read.profiles().get(0).columns().get(1).values()).containsExactly(12683, 6188, 11250, 4656);
        // Identity, date, time; three blocks and the repeated one.
        assertThat(read.roundTrips()).isEqualTo(7);
    }

    @Test
    @DisplayName("a block that never comes: the range is read anew from a new sign-on, no row lost, none twice")
    void lostBlock() throws Exception {
        ScriptedMeter line = profileMeter()
                .checked("<SOH>R6<STX>P.01(12208231445;12208231545)<ETX>", "<STX>" + METCOM.substring(0, 100) + "<EOT>")
                .step("<ACK>", "")
                .step("<SOH>B0<ETX>q", "")
                .signOn()
                .checked("<SOH>R6<STX>P.01(12208231445;12208231545)<ETX>", "<STX>" + METCOM + "<ETX>")
                .step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            MeterReadout read = session.read(Reading.profile("2022-08-23T12:45:00Z", "2022-08-23T13:45:00Z"));
            assertThat(read.profiles().get(0).columns().get(1).values()).containsExactly(12683, 6188, 11250, 4656);
            assertThat(read.profiles().get(0).offGrid()).isEmpty();
        }
        line.assertPlayed();
    }

    @Test
    @DisplayName("a meter that knows no R6 is read with R5, and the driver remembers it of the model")
    void wholeAnswers() throws Exception {
        ScriptedMeter line = profileMeter()
                .checked("<SOH>R6<STX>P.01(12208231445;12208231500)<ETX>", "<STX>(ER01)<ETX>")
                .checked("<SOH>R5<STX>P.01(12208231445;12208231500)<ETX>", "<STX>" + METCOM + "<ETX>")
                .checked("<SOH>R5<STX>P.01(12208231500;12208231545)<ETX>", "<STX>" + METCOM + "<ETX>")
                .step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST)) {
            MeterReadout read = session.read(new org.telar.api.meter.ReadRequest(
                    List.of(
                            new TimeRange(Instant.parse("2022-08-23T12:45:00Z"), Instant.parse("2022-08-23T13:00:00Z")),
                            new TimeRange(
                                    Instant.parse("2022-08-23T13:00:00Z"), Instant.parse("2022-08-23T13:45:00Z"))),
                    List.of(),
                    List.of(),
                    false,
                    List.of()));
            // The meter gave more than asked both times: only what was asked is taken.
            assertThat(read.profiles()).extracting(ProfileBlock::slots).containsExactly(1, 3);
        }
        line.assertPlayed();
    }

    @Test
    @DisplayName(
            "D3: a clock off by whole hours is CLOCK_UNRESOLVED before a row is read; one in 1970 is the host's fault")
    void clockUnresolved() throws Exception {
        ScriptedMeter line = profileMeter().step("<SOH>B0<ETX>q", "");
        try (MeterSession session = Reading.associate(line, METER, HOST.minusSeconds(3600))) {
            assertThatThrownBy(() -> session.read(Reading.profile("2022-08-23T12:45:00Z", "2022-08-23T13:45:00Z")))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.CLOCK_UNRESOLVED));
        }
        line.assertPlayed();
        assertThat(MeterClock.offByWholeHours(HOST, Instant.EPOCH)).isFalse();
        assertThat(MeterClock.offByWholeHours(HOST.plusSeconds(40 * 60), HOST)).isFalse();
    }

    private static final Meter METER = Reading.meter("08354050", BERLIN, Map.of());
    private static final Instant HOST = Instant.parse("2022-08-23T13:50:00Z");

    private static ScriptedMeter profileMeter() {
        return new ScriptedMeter()
                .signOn()
                .checked("<SOH>R5<STX>0.0.0()<ETX>", "<STX>0.0.0(08354050)<ETX>")
                .checked("<SOH>R5<STX>0.9.2()<ETX>", "<STX>0.9.2(1220823)<ETX>")
                .checked("<SOH>R5<STX>0.9.1()<ETX>", "<STX>0.9.1(1155000)<ETX>");
    }

    private static ProfileBlock block(String text, String from, String to, int groupB) throws Exception {
        List<ProfileBlock> blocks = blocks(text, from, to, groupB, LOCAL, Optional.empty());
        assertThat(blocks).hasSize(1);
        return blocks.get(0);
    }

    private static List<ProfileBlock> blocks(
            String text, String from, String to, int groupB, MeterTime time, Optional<ProfileBlocks.Shape> known)
            throws Exception {
        return blocks(text, from, to, groupB, time, known, "2030-01-01T00:00:00Z");
    }

    private static List<ProfileBlock> blocks(
            String text,
            String from,
            String to,
            int groupB,
            MeterTime time,
            Optional<ProfileBlocks.Shape> known,
            String now)
            throws Exception {
        TimeRange range = new TimeRange(Instant.parse(from), Instant.parse(to));
        List<Segment> segments = ProfileText.parse(text, "P.01", time, groupB);
        return ProfileBlocks.of(Obis.LOAD_PROFILE, range, Instant.parse(now), segments, time, known);
    }

    @Test
    @DisplayName("D5: the grid is the meter's own, also where the zone is not whole hours from UTC")
    void oddZone() throws Exception {
        MeterTime kathmandu = new MeterTime(ZoneId.of("Asia/Kathmandu"), MeterTime.Convention.LOCAL);
        String text = "P.01(2611101000)(00)(60)(1)(1.29.0)(kWh)\r\n(1)(2)\r\n";
        ProfileBlock block = blocks(
                        text, "2026-11-10T03:15:00Z", "2026-11-10T05:15:00Z", 0, kathmandu, Optional.empty())
                .get(0);
        assertThat(block.firstEnd()).isEqualTo(Instant.parse("2026-11-10T04:15:00Z"));
        assertThat(block.columns().get(0).values()).containsExactly(1, 2);
        assertThat(block.firstEnd().atOffset(ZoneOffset.ofHoursMinutes(5, 45)).getMinute())
                .isZero();
    }
}
