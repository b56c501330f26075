package org.telar.simulator;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Map;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.GXReplyData;
import gurux.dlms.GXSimpleEntry;
import gurux.dlms.enums.DataType;
import gurux.dlms.internal.GXCommon;
import gurux.dlms.internal.GXDataInfo;
import gurux.dlms.objects.GXDLMSClock;
import gurux.dlms.objects.GXDLMSData;
import gurux.dlms.objects.GXDLMSObject;
import gurux.dlms.objects.GXDLMSProfileGeneric;
import gurux.dlms.objects.GXDLMSRegister;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.simulator.control.Ledger;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

import static org.assertj.core.api.Assertions.assertThat;

/** Gurux's client reads the simulator over its three media, and gets what the ledger says. */
class ReadingTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:34:56Z");
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");
    private static final String PROFILE = "1.0.99.1.0.255";

    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Sims.start(
                data,
                80,
                Map.of(Medium.WRAPPER, 50, Medium.HDLC_TCP, 25, Medium.PTY, 25),
                1024,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    /** R40 R41: an independent stack associates with each security level on each medium and finds who it asked for (D1). */
    @ParameterizedTest
    @CsvSource({"WRAPPER,A", "WRAPPER,B", "WRAPPER,C", "HDLC_TCP,A", "HDLC_TCP,B", "PTY,A", "PTY,B"})
    @DisplayName("D1: identity and serial number over every medium")
    void identity(Medium medium, MeterModel model) throws Exception {
        Meter meter = Sims.meter(simulator, medium, model);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            assertThat(text(client.exchange(client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2))))
                    .isEqualTo(meter.spec().identity());
            assertThat(text(client.exchange(client.dlms.read(new GXDLMSData("0.0.96.1.0.255"), 2))))
                    .isEqualTo(meter.spec().serial());
            client.exchange(client.dlms.releaseRequest());
        }
    }

    /** D3 D7 D14: rows by range, by every medium and model, are the ledger's, value by value. */
    @ParameterizedTest
    @CsvSource({
        "WRAPPER,A",
        "WRAPPER,B",
        "WRAPPER,C",
        "WRAPPER,D",
        "HDLC_TCP,A",
        "HDLC_TCP,B",
        "HDLC_TCP,C",
        "PTY,A",
        "PTY,B"
    })
    @DisplayName("D3 D7: what a client reads by range equals the ledger")
    void rangeEqualsLedger(Medium medium, MeterModel model) throws Exception {
        Meter meter = Sims.meter(simulator, medium, model);
        Instant from = Instant.parse("2026-11-21T03:00:00Z");
        Instant to = Instant.parse("2026-11-22T03:00:00Z");
        List<String> read = new ArrayList<>();
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXDLMSProfileGeneric profile = new GXDLMSProfileGeneric(PROFILE);
            client.dlms.updateValue(
                    profile, 3, client.exchange(client.dlms.read(profile, 3)).getValue());
            assertThat(profile.getCaptureObjects()).hasSize(8);
            int shift = model.stampAtEnd() ? 0 : 900;
            String range = range(model, from.plusSeconds(900 - shift), to.minusSeconds(shift));
            GXReplyData reply = client.exchange(ClientAccess.read(client.dlms, profile, range));
            for (Object row : (List<?>) reply.getValue()) {
                List<?> cells = (List<?>) row;
                Instant end = instant((byte[]) cells.get(0), model).plusSeconds(shift);
                for (int i = 2; i < cells.size(); i++) {
                    String channel = profile.getCaptureObjects().get(i).getKey().getLogicalName();
                    BigDecimal value = BigDecimal.valueOf(((Number) cells.get(i)).longValue())
                            .scaleByPowerOfTen(model.scaler());
                    read.add(channel + "," + end + ","
                            + value.stripTrailingZeros().toPlainString());
                }
            }
        }
        assertThat(read).containsExactlyInAnyOrderElementsOf(ledger(meter, from, to));
        assertThat(read).hasSize(96 * 6);
    }

    private static List<String> ledger(Meter meter, Instant from, Instant to) throws Exception {
        Path file = data.resolve("ledger.csv");
        new Ledger(simulator.fleet()).profile(from, to, file);
        String number = meter.spec().number() + ",";
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(number))
                .map(line -> line.substring(number.length(), line.lastIndexOf(',')))
                .toList();
    }

    /** Range descriptor on the clock, in the model's own dialect of the deviation (D3). */
    private static String range(MeterModel model, Instant from, Instant to) {
        return "01" + "0204" + "0204" + "120008" + "09060000010000FF" + "0F02" + "120000" + time(model, from)
                + time(model, to) + "0100";
    }

    private static String time(MeterModel model, Instant at) {
        LocalDateTime local = LocalDateTime.ofInstant(at, SANTIAGO);
        int minutes = -SANTIAGO.getRules().getOffset(at).getTotalSeconds() / 60;
        int deviation =
                switch (model.deviation()) {
                    case NORMAL -> minutes;
                    case INVERTED -> -minutes;
                    case UNSPECIFIED -> 0x8000;
                };
        return String.format(
                "090C%04X%02X%02XFF%02X%02X%02X00%04X00",
                local.getYear(),
                local.getMonthValue(),
                local.getDayOfMonth(),
                local.getHour(),
                local.getMinute(),
                local.getSecond(),
                deviation & 0xFFFF);
    }

    private static Instant instant(byte[] bytes, MeterModel model) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        LocalDateTime local = LocalDateTime.of(in.getShort(), in.get(), in.get(), in.get(5), in.get(6), in.get(7));
        int deviation = in.getShort(9);
        return switch (model.deviation()) {
            case NORMAL -> local.toInstant(ZoneOffset.UTC).plusSeconds(60L * deviation);
            case INVERTED -> local.toInstant(ZoneOffset.UTC).minusSeconds(60L * deviation);
            case UNSPECIFIED -> {
                assertThat(deviation).isEqualTo(Short.MIN_VALUE);
                yield local.atZone(SANTIAGO).toInstant();
            }
        };
    }

    /** R41 D14: a GET-with-list answered in blocks comes back whole; Gurux's own server marks these blocks wrongly. */
    @ParameterizedTest
    @CsvSource({"WRAPPER,A", "WRAPPER,B", "HDLC_TCP,A", "HDLC_TCP,B", "PTY,B"})
    @DisplayName("R41: a list of attributes and whole profiles, in blocks")
    void listInBlocks(Medium medium, MeterModel model) throws Exception {
        Meter meter = Sims.meter(simulator, medium, model);
        try (GuruxClient client = GuruxClient.open(meter.spec())) {
            // Gurux's client loses the list when a plain block comes in several HDLC segments: ask for large ones.
            client.dlms.getHdlcSettings().setMaxInfoRX(2030);
            client.associate();
            List<Map.Entry<GXDLMSObject, Integer>> wanted = new ArrayList<>();
            wanted.add(new GXSimpleEntry<>(new GXDLMSData("0.0.42.0.0.255"), 2));
            wanted.add(new GXSimpleEntry<>(new GXDLMSClock("0.0.1.0.0.255"), 2));
            wanted.add(new GXSimpleEntry<>(new GXDLMSRegister("1.0.1.8.0.255"), 2));
            wanted.add(new GXSimpleEntry<>(new GXDLMSProfileGeneric("1.0.99.2.0.255"), 2));
            wanted.add(new GXSimpleEntry<>(new GXDLMSProfileGeneric("0.0.99.98.0.255"), 2));
            wanted.add(new GXSimpleEntry<>(new GXDLMSData("0.0.97.97.0.255"), 2));
            List<Object> values = new ArrayList<>();
            for (byte[] frame : client.dlms.readList(wanted)) {
                GXReplyData reply = client.exchange(frame);
                values.addAll((List<?>) reply.getValue());
            }
            assertThat(values).hasSize(6);
            assertThat(new String((byte[]) values.get(0), StandardCharsets.US_ASCII))
                    .isEqualTo(meter.spec().identity());
            assertThat((List<?>) values.get(3)).hasSize(45);
            assertThat(((Number) values.get(5)).intValue()).isZero();
        }
    }

    /** The smaller of both PDU sizes bounds every ciphered answer. */
    @ParameterizedTest
    @CsvSource({"128", "256", "1024", "65535"})
    @DisplayName("D14: the client's PDU size is respected, ciphering included")
    void pduSizes(int pdu) throws Exception {
        Meter meter = Sims.meter(simulator, Medium.WRAPPER, MeterModel.A);
        try (GuruxClient client = GuruxClient.open(meter.spec())) {
            client.dlms.setMaxReceivePDUSize(pdu);
            client.associate();
            byte[] answer = client.raw(client.dlms.read(new GXDLMSProfileGeneric("1.0.99.2.0.255"), 2)[0]);
            assertThat(answer.length - 8).isBetween(Math.min(pdu, 1024) - 4, Math.min(pdu, 1024));
        }
    }

    /** D14: one list with a range inside it, answered in blocks that respect the PDU, written and read by hand. */
    @Test
    @DisplayName(
            "D14: with-list and range in one request; every block fits the PDU; the bytes are those of the standard")
    void listWithRangeByHand() throws Exception {
        Meter meter = Sims.meter(simulator, Medium.WRAPPER, MeterModel.B);
        Instant from = Instant.parse("2026-11-21T03:15:00Z");
        Instant to = Instant.parse("2026-11-22T03:00:00Z");
        String list = "C003C1" + "03" + "000100002A0000FF0200" + "00070100630100FF0201"
                + range(MeterModel.B, from, to)
                + "00010000616100FF0200";
        try (Raw raw = new Raw(meter.spec(), 2)) {
            String aare = raw.ask(Raw.passwordAarq(meter.spec().credentials().password(), 512));
            assertThat(aare).startsWith("61").contains("A203020100");
            byte[] all = raw.getInBlocks(list);
            assertThat(raw.longest).isEqualTo(512);
            // 4,608 bytes of rows, 4 of array header, identity, status word, choices and count.
            assertThat(raw.trips).isEqualTo((all.length + 499) / 500);
            GXByteBuffer in = new GXByteBuffer(all);
            assertThat(in.getUInt8()).isEqualTo((short) 3);
            assertThat(in.getUInt8()).isZero();
            assertThat(next(in)).isEqualTo(meter.spec().identity().getBytes(StandardCharsets.US_ASCII));
            assertThat(in.getUInt8()).isZero();
            assertThat((List<?>) next(in)).hasSize(96);
            assertThat(in.getUInt8()).isZero();
            assertThat(((Number) next(in)).longValue()).isZero();
            assertThat(in.available()).isZero();
        }
    }

    private static Object next(GXByteBuffer in) {
        return GXCommon.getData(null, in, new GXDataInfo());
    }

    /** D3: bounds without a deviation are local time, whatever the meter's own dialect. */
    @ParameterizedTest
    @CsvSource({"A", "C"})
    @DisplayName("D3: a range whose bounds have no deviation means local time")
    void rangeWithoutDeviation(MeterModel model) throws Exception {
        Meter meter = Sims.meter(simulator, Medium.WRAPPER, model);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXDLMSProfileGeneric profile = new GXDLMSProfileGeneric(PROFILE);
            Instant at = Instant.parse("2026-11-20T03:15:00Z");
            String range = range(MeterModel.D, at, at.plusSeconds(1800));
            List<?> rows = (List<?>) client.exchange(ClientAccess.read(client.dlms, profile, range))
                    .getValue();
            assertThat(rows).hasSize(3);
            assertThat(instant((byte[]) ((List<?>) rows.get(0)).get(0), model)).isEqualTo(at);
        }
    }

    /** R41: Gurux writes the bounds itself here, with a deviation. */
    @Test
    @DisplayName("R41: a range written by Gurux's client gives the rows of that day")
    void rangeByGurux() throws Exception {
        Meter meter = Sims.meter(simulator, Medium.WRAPPER, MeterModel.A);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXDLMSProfileGeneric profile = new GXDLMSProfileGeneric(PROFILE);
            client.dlms.updateValue(
                    profile, 3, client.exchange(client.dlms.read(profile, 3)).getValue());
            Calendar from =
                    GregorianCalendar.from(Instant.parse("2026-11-20T03:15:00Z").atZone(SANTIAGO));
            Calendar to =
                    GregorianCalendar.from(Instant.parse("2026-11-21T03:00:00Z").atZone(SANTIAGO));
            GXReplyData reply = client.exchange(client.dlms.readRowsByRange(profile, from, to));
            List<?> rows = (List<?>) reply.getValue();
            assertThat(rows).hasSize(96);
            byte[] first = (byte[]) ((List<?>) rows.get(0)).get(0);
            assertThat(instant(first, MeterModel.A)).isEqualTo(Instant.parse("2026-11-20T03:15:00Z"));
        }
    }

    /** Rows by entry count from the oldest; the buffer is full and has wrapped. */
    @Test
    @DisplayName("R41: rows by entry; the buffer holds 45 days")
    void entries() throws Exception {
        Meter meter = Sims.meter(simulator, Medium.WRAPPER, MeterModel.A);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXDLMSProfileGeneric profile = new GXDLMSProfileGeneric(PROFILE);
            client.dlms.updateValue(
                    profile, 3, client.exchange(client.dlms.read(profile, 3)).getValue());
            GXReplyData used = client.exchange(client.dlms.read(profile, 7));
            assertThat(((Number) used.getValue()).intValue()).isEqualTo(45 * 96);
            GXReplyData reply = client.exchange(client.dlms.readRowsByEntry(profile, 45 * 96 - 1, 2));
            List<?> rows = (List<?>) reply.getValue();
            assertThat(rows).hasSize(2);
            byte[] last = (byte[]) ((List<?>) rows.get(1)).get(0);
            assertThat(instant(last, MeterModel.A)).isEqualTo(Instant.parse("2026-11-23T12:30:00Z"));
        }
    }

    /** D18: closings carry tariffs that add up, the demand and its time. */
    @Test
    @DisplayName("D5 D18: the closing of 22 November is stamped at its end and its tariffs add up")
    void closing() throws Exception {
        Meter meter = Sims.meter(simulator, Medium.WRAPPER, MeterModel.A);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXDLMSProfileGeneric profile = new GXDLMSProfileGeneric("1.0.99.2.0.255");
            GXReplyData reply = client.exchange(client.dlms.read(profile, 2));
            List<?> rows = (List<?>) reply.getValue();
            List<?> last = (List<?>) rows.get(rows.size() - 1);
            assertThat(instant((byte[]) last.get(0), MeterModel.A)).isEqualTo(Instant.parse("2026-11-23T03:00:00Z"));
            long tariffs = 0;
            for (int i = 2; i < 6; i++) {
                tariffs += ((Number) last.get(i)).longValue();
            }
            assertThat(((Number) last.get(1)).longValue()).isEqualTo(tariffs);
            assertThat(instant((byte[]) last.get(8), MeterModel.A))
                    .isBetween(Instant.parse("2026-11-01T03:15:00Z"), Instant.parse("2026-11-23T03:00:00Z"));
        }
    }

    /** D2: the clock can be shifted and set, and the row of that quarter says so. */
    @Test
    @DisplayName("D2: clock read, set and shifted; status bit 5 marks the quarter")
    void clock() throws Exception {
        Meter meter = Sims.meter(simulator, Medium.WRAPPER, MeterModel.C);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            GXDLMSClock clock = new GXDLMSClock("0.0.1.0.0.255");
            byte[] shown = (byte[]) client.exchange(client.dlms.read(clock, 2)).getValue();
            assertThat(instant(shown, MeterModel.C)).isEqualTo(NOW);
            client.exchange(client.dlms.method(clock, 6, 90, DataType.INT16));
            shown = (byte[]) client.exchange(client.dlms.read(clock, 2)).getValue();
            assertThat(instant(shown, MeterModel.C)).isEqualTo(NOW.plusSeconds(90));
            assertThat(meter.extraStatus(NOW.getEpochSecond() / 900 + 1)).isEqualTo(0x20);
        } finally {
            meter.setClock(NOW);
        }
    }

    private static String text(GXReplyData reply) {
        return new String((byte[]) reply.getValue(), StandardCharsets.US_ASCII);
    }
}
