package org.telar.simulator;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.GXReplyData;
import gurux.dlms.internal.GXCommon;
import gurux.dlms.internal.GXDataInfo;
import gurux.dlms.objects.GXDLMSProfileGeneric;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.telar.simulator.control.Ledger;
import org.telar.simulator.cosem.Catalogue;
import org.telar.simulator.cosem.CosemTime;
import org.telar.simulator.cosem.Selection;
import org.telar.simulator.energy.Channel;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.fleet.PowerCut;

import static org.assertj.core.api.Assertions.assertThat;

/** Every model's load profile, decoded, is the ledger's: arrays, null-data and compact arrays (D3 D7, R41). */
class EncodingTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:34:56Z");
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");
    private static final Instant FROM = Instant.parse("2026-11-21T03:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-22T03:00:00Z");
    private static final byte[] PROFILE = {1, 0, 99, 1, 0, (byte) 255};

    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        List<MeterModel> models = java.util.Arrays.stream(MeterModel.values())
                .filter(model -> !model.thirdParty())
                .toList();
        simulator = Sims.start(
                data, 2 * models.size(), Map.of(Medium.WRAPPER, 100), models, 8000, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    private static List<Meter> of(MeterModel model) {
        return simulator.fleet().meters().stream()
                .filter(m -> m.spec().model() == model)
                .toList();
    }

    /** Bounds in the model's own dialect, for the stamps of the rows that end in (FROM, TO]. */
    private static String range(Meter meter) {
        MeterModel model = meter.spec().model();
        int shift = model.stampAtEnd() ? 0 : 900;
        HexFormat hex = HexFormat.of().withUpperCase();
        return "01" + "0204" + "0204" + "120008" + "09060000010000FF" + "0F02" + "120000" + "090C"
                + hex.formatHex(CosemTime.encode(FROM.plusSeconds(900 - shift), SANTIAGO, model.deviation())) + "090C"
                + hex.formatHex(CosemTime.encode(TO.minusSeconds(shift), SANTIAGO, model.deviation())) + "0100";
    }

    private static List<String> ledger(Meter meter) throws Exception {
        Path file = data.resolve("encoding.csv");
        new Ledger(simulator.fleet()).profile(FROM, TO, file);
        String number = meter.spec().number() + ",";
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(number))
                .map(line -> line.substring(number.length(), line.lastIndexOf(',')))
                .toList();
    }

    /** Rows as a client must understand them: what is null or empty follows from the row before. */
    private static List<String> values(Meter meter, List<?> rows, Instant beforeFirst) {
        MeterModel model = meter.spec().model();
        List<String> values = new ArrayList<>();
        Instant end = beforeFirst;
        long[] last = new long[Channel.values().length];
        for (Object row : rows) {
            List<?> cells = (List<?>) row;
            boolean said = cells.get(0) instanceof byte[] bytes && bytes.length == 12;
            end = said ? end((byte[]) cells.get(0), model) : end.plusSeconds(900);
            for (Channel channel : Channel.values()) {
                int i = channel.ordinal();
                last[i] = cells.get(2 + i) == null ? last[i] : ((Number) cells.get(2 + i)).longValue();
                String value = BigDecimal.valueOf(last[i])
                        .scaleByPowerOfTen(model.scaler())
                        .stripTrailingZeros()
                        .toPlainString();
                values.add(channel.obis(model.increments()) + "," + end + "," + value);
            }
        }
        return values;
    }

    private static Instant end(byte[] bytes, MeterModel model) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        LocalDateTime local = LocalDateTime.of(in.getShort(), in.get(), in.get(), in.get(5), in.get(6), in.get(7));
        Instant stamp =
                switch (model.deviation()) {
                    case NORMAL -> local.toInstant(ZoneOffset.UTC).plusSeconds(60L * in.getShort(9));
                    case INVERTED -> local.toInstant(ZoneOffset.UTC).minusSeconds(60L * in.getShort(9));
                    case UNSPECIFIED -> local.atZone(SANTIAGO).toInstant();
                };
        return stamp.plusSeconds(model.stampAtEnd() ? 0 : 900);
    }

    /** Gurux's client decodes all but M, whose null-data column in a compact-array makes it loop for ever. */
    @ParameterizedTest
    @EnumSource(
            value = MeterModel.class,
            names = {"A", "B", "C", "D", "G", "H", "I", "J", "K", "L"})
    @DisplayName("D3 D7: a day read by Gurux's client from each model equals the ledger")
    void byGurux(MeterModel model) throws Exception {
        Meter meter = of(model).get(0);
        try (GuruxClient client = GuruxClient.open(meter.spec())) {
            client.dlms.setMaxReceivePDUSize(8000);
            client.associate();
            GXDLMSProfileGeneric profile = new GXDLMSProfileGeneric("1.0.99.1.0.255");
            GXReplyData reply = client.exchange(ClientAccess.read(client.dlms, profile, range(meter)));
            assertThat(values(meter, (List<?>) reply.getValue(), FROM))
                    .hasSize(96 * 6)
                    .containsExactlyInAnyOrderElementsOf(ledger(meter));
        }
    }

    private static byte[] encoded(Meter meter) throws Exception {
        GXByteBuffer in = new GXByteBuffer(HexFormat.of().parseHex(range(meter).substring(2)));
        Object parameters = GXCommon.getData(null, in, new GXDataInfo());
        return Catalogue.of(meter.spec().model())
                .get(meter, meter.spec().clientSap(), 7, PROFILE, 2, new Selection(1, parameters));
    }

    /** Sizes by arithmetic: header, type description, length; then 96 rows. */
    @Test
    @DisplayName(
            "R41: one day is 1370 bytes with 16 bits, 1262 without clocks; registers 2522 with 32 bits, array 4610")
    void sizes() throws Exception {
        int description = 1 + 2 + 8 + 3;
        assertThat(encoded(of(MeterModel.A).get(0))).hasSize(2 + 96 * (2 + 14 + 2 + 6 * 5));
        assertThat(encoded(of(MeterModel.G).get(0))).hasSize(description + 12 + 96 * (1 + 1 + 6 * 2));
        assertThat(encoded(of(MeterModel.I).get(0))).hasSize(description + 12 + 96 * (1 + 1 + 6 * 4));
        assertThat(encoded(of(MeterModel.M).get(0))).hasSize(description + 96 * (1 + 6 * 2));
        assertThat(encoded(of(MeterModel.H).get(0)).length).isLessThan(2 + 14 + 96 * (2 + 1 + 2 + 6 * 5));
    }

    @Test
    @DisplayName("D4 D7: without clocks only if the rows can be counted off; after a power cut each gap has its clock")
    void timeless() throws Exception {
        Meter whole = of(MeterModel.M).get(0);
        ByteBuffer in = ByteBuffer.wrap(encoded(whole));
        byte[] description = new byte[14];
        in.get(description);
        assertThat(HexFormat.of().withUpperCase().formatHex(description))
                .isEqualTo("13" + "0208" + "00" + "11" + "121212121212" + "8204E0");
        List<List<?>> rows = new ArrayList<>();
        while (in.hasRemaining()) {
            List<Object> row = new ArrayList<>();
            row.add(new byte[0]);
            row.add(in.get());
            for (int i = 0; i < 6; i++) {
                row.add(in.getShort() & 0xFFFF);
            }
            rows.add(row);
        }
        assertThat(values(whole, rows, FROM)).containsExactlyInAnyOrderElementsOf(ledger(whole));

        for (MeterModel model : List.of(MeterModel.M, MeterModel.G, MeterModel.H)) {
            Meter cut = of(model).get(1);
            cut.cutPower(new PowerCut(FROM.plusSeconds(4 * 3600 + 77), FROM.plusSeconds(6 * 3600)));
            Object decoded = GXCommon.getData(null, new GXByteBuffer(encoded(cut)), new GXDataInfo());
            assertThat(values(cut, (List<?>) decoded, FROM)).containsExactlyInAnyOrderElementsOf(ledger(cut));
        }
    }
}
