package org.telar.contract;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.OutboxKind;
import org.telar.contract.internal.proto.BatchProto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every message survives the wire, and no bytes harm the reader. R04, R23, R26, D12, D15, F31, F32, S44. */
class ContractTest {
    private static final Instant AT = Instant.parse("2026-03-01T03:15:00.125Z");

    @Property(tries = 200)
    void batchesSurvive(
            @ForAll @Size(max = 20) List<@Size(max = 200) byte[]> payloads,
            @ForAll @LongRange(min = 1, max = 1L << 40) long from)
            throws ContractException {
        List<Batch.Entry> entries = new ArrayList<>();
        for (int i = 0; i < payloads.size(); i++) {
            entries.add(new Batch.Entry(from + 3L * i, payloads.get(i)));
        }
        Batch back = Contract.decodeBatch(Contract.encode(new Batch("gw-0001", 3, OutboxKind.READINGS, entries)));
        assertThat(back.gateway()).isEqualTo("gw-0001");
        assertThat(back.epoch()).isEqualTo(3);
        assertThat(back.entries()).usingRecursiveComparison().isEqualTo(entries);
    }

    @Property(tries = 3000)
    void anyBytesAreAContractExceptionAtWorst(@ForAll byte[] bytes) {
        List<Decode> decoders = List.of(
                Contract::decodeBatch,
                Contract::decodeAck,
                Contract::decodeEvent,
                Contract::decodeResult,
                Contract::decodeOrder,
                Contract::decodeReceipt,
                Contract::decodeAgenda,
                Contract::decodeTable,
                Contract::decodeKeys,
                Contract::decodeConfig,
                Contract::decodeStatus);
        for (Decode d : decoders) {
            try {
                d.apply(bytes);
            } catch (ContractException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private interface Decode {
        Object apply(byte[] bytes) throws ContractException;
    }

    @Test
    @DisplayName("D12, D15, R92: ack, event, results, order, agenda and status come back as they were")
    void messagesSurvive() throws ContractException {
        Ack ack = new Ack(
                new Acknowledgement(
                        2, 40, List.of(new Acknowledgement.Range(43, 43), new Acknowledgement.Range(50, 60))),
                AT);
        assertThat(Contract.decodeAck(Contract.encode(ack))).isEqualTo(ack);

        Event event =
                new Event("e1", AT, "CLOCK_JUMP", Severity.WARNING, "", "The clock jumped.", Map.of("by", "PT1H"));
        assertThat(Contract.decodeEvent(Contract.encode(event))).isEqualTo(event);

        Result order = new Result.OrderResult(
                "o-1", "10000001", Result.State.FAIL, Optional.of(Ko.METER_SILENT), "meter", "no answer", 0, AT);
        assertThat(Contract.decodeResult(Contract.encode(order))).isEqualTo(order);

        Instant seconds = Instant.parse("2026-03-01T03:15:00Z");
        Result run = new Result.RunSummary(
                "run-1",
                AT,
                AT.plusSeconds(60),
                77,
                true,
                List.of(
                        new Result.Outcome("1", Optional.of(seconds), Optional.of(seconds), 576, Optional.empty(), ""),
                        new Result.Outcome(
                                "2", Optional.empty(), Optional.empty(), 0, Optional.of(Ko.METER_UNREACHABLE), "x")));
        assertThat(Contract.decodeResult(Contract.encode(run))).isEqualTo(run);

        Order down = new Order(
                "o-1",
                Order.Type.READ_PROFILE,
                Optional.of(new MeterId("10000001")),
                Optional.of(new TimeRange(seconds.minusSeconds(900), seconds)),
                Order.Source.METER,
                AT);
        assertThat(Contract.decodeOrder(Contract.encode(down))).isEqualTo(down);
        assertThat(Contract.decodeReceipt(Contract.encodeReceipt("o-1"))).isEqualTo("o-1");

        Agenda agenda = new Agenda(
                4,
                ZoneId.of("America/Santiago"),
                List.of(
                        new Agenda.Activity("night", Agenda.Type.N2PLOAD, Optional.of(LocalTime.of(0, 20)), 0),
                        new Agenda.Activity("status", Agenda.Type.STATUS_POLL, Optional.empty(), 240)));
        assertThat(Contract.decodeAgenda(Contract.encode(agenda))).isEqualTo(agenda);

        Status status = new Status(true, 2, AT, "0.1.0", 12, Map.of("profile", "simulated"));
        assertThat(Contract.decodeStatus(Contract.encode(status))).isEqualTo(status);
    }

    @Test
    @DisplayName("R32, R88, D17: table, keys, configuration, and what became of them come back as they were")
    void whatIsSentDownSurvives() throws ContractException {
        Table table = new Table(7, "meter,driver\n10000001,dlms\nñandú\n", new byte[] {1, 2, 3});
        Table back = Contract.decodeTable(Contract.encode(table));
        assertThat(back).usingRecursiveComparison().isEqualTo(table);

        MeterId meter = new MeterId("10000001");
        KeyTable keys =
                new KeyTable("gw-0001", 7, Map.of(meter, new MeterKeys(new byte[] {9}, new byte[16], new byte[16])));
        KeyTable opened = Contract.decodeKeys(Contract.encode(keys));
        assertThat(opened).usingRecursiveComparison().isEqualTo(keys);

        Config config = new Config(3, Map.of("retention.days", "45"));
        assertThat(Contract.decodeConfig(Contract.encode(config))).isEqualTo(config);

        Result applied = new Result.Applied(
                "table", 7, Result.State.WARN, 1, List.of("line 3, column count: 11 columns expected"), AT);
        assertThat(Contract.decodeResult(Contract.encode(applied))).isEqualTo(applied);

        Order order = new Order(
                "o-2",
                Order.Type.RUN_ACTIVITY,
                Optional.empty(),
                Optional.empty(),
                Order.Source.METER,
                AT,
                Map.of("activity", "STATUS_POLL"));
        assertThat(Contract.decodeOrder(Contract.encode(order))).isEqualTo(order);
    }

    @Test
    @DisplayName("F32: a future schema, a lying length and unordered sequences are refused with their reason")
    void poisonIsNamed() {
        Batch one = new Batch("gw-1", 1, OutboxKind.EVENT, List.of(new Batch.Entry(1, new byte[] {1})));
        assertThatThrownBy(() -> Contract.decodeBatch(rebuilt(one, 2, 0)))
                .hasMessageContaining("schema 1 expected, got 2");
        assertThatThrownBy(() -> Contract.decodeBatch(rebuilt(one, 1, 1))).hasMessageContaining("body_size says");
        Batch twice = new Batch(
                "gw-1", 1, OutboxKind.EVENT, List.of(new Batch.Entry(5, new byte[0]), new Batch.Entry(5, new byte[0])));
        assertThatThrownBy(() -> Contract.decodeBatch(Contract.encode(twice))).hasMessageContaining("must ascend");
    }

    private static byte[] rebuilt(Batch batch, int schema, int longer) throws Exception {
        BatchProto p = BatchProto.parseFrom(Contract.encode(batch));
        return p.toBuilder()
                .setSchema(schema)
                .setBodySize(p.getBodySize() + longer)
                .build()
                .toByteArray();
    }

    @Test
    @DisplayName("a code that this version does not know stays a fault, never a success")
    void unknownKoStaysAFault() throws ContractException {
        Result fail = new Result.OrderResult("o", "m", Result.State.FAIL, Optional.of(Ko.INTERNAL), "meter", "", 0, AT);
        byte[] bytes = Contract.encode(fail);
        String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).replace("INTERNAL", "NEWFAULT");
        Result back = Contract.decodeResult(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThat(((Result.OrderResult) back).ko()).contains(Ko.INTERNAL);
    }
}
