package org.telar.contract;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.telar.api.model.Ko;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Opening;
import org.telar.api.store.OutboxKind;
import org.telar.contract.internal.proto.AckProto;
import org.telar.contract.internal.proto.AppliedProto;
import org.telar.contract.internal.proto.BatchProto;
import org.telar.contract.internal.proto.EntriesProto;
import org.telar.contract.internal.proto.EntryProto;
import org.telar.contract.internal.proto.EventProto;
import org.telar.contract.internal.proto.MeterOutcomeProto;
import org.telar.contract.internal.proto.OrderResultProto;
import org.telar.contract.internal.proto.ReceiptProto;
import org.telar.contract.internal.proto.ResultProto;
import org.telar.contract.internal.proto.RunSummaryProto;
import org.telar.contract.internal.proto.StatusProto;

/**
 * Bytes of every message of the contract. Decoders never trust their input: sizes are bounded, and whatever is wrong is
 * a {@link ContractException} with its reason. Stateless and thread-safe.
 */
public final class Contract {
    /** Schema this version writes. A reader takes any schema of the same major topic {@code v1} up to this one. */
    public static final int SCHEMA = 1;

    /** Bound of a batch's body before deflate. */
    public static final int MAX_BODY = 8 << 20;

    private static final int MAX_DETAILS = 64;

    private Contract() {}

    public static byte[] encode(Batch batch) {
        EntriesProto.Builder entries = EntriesProto.newBuilder();
        long last = 0;
        for (Batch.Entry e : batch.entries()) {
            entries.addEntry(EntryProto.newBuilder()
                    .setSequence(e.sequence() - last)
                    .setPayload(ByteString.copyFrom(e.payload())));
            last = e.sequence();
        }
        byte[] body = entries.build().toByteArray();
        if (body.length > MAX_BODY) {
            throw new IllegalArgumentException("a batch holds at most " + MAX_BODY + " bytes, got " + body.length);
        }
        return BatchProto.newBuilder()
                .setSchema(SCHEMA)
                .setGateway(batch.gateway())
                .setEpoch(batch.epoch())
                .setOpening(batch.opening().id())
                .setOpenedAt(batch.opening().sequence())
                .setKind(batch.kind().code())
                .setBodySize(body.length)
                .setBody(ByteString.copyFrom(Deflate.deflate(body)))
                .build()
                .toByteArray();
    }

    public static Batch decodeBatch(byte[] bytes) throws ContractException {
        return decode("batch", () -> {
            BatchProto p = BatchProto.parseFrom(bytes);
            requireSchema(p.getSchema());
            if (p.getBodySize() < 0 || p.getBodySize() > MAX_BODY) {
                throw new ContractException(
                        "body_size is at most " + MAX_BODY + ", got " + Integer.toUnsignedString(p.getBodySize()));
            }
            EntriesProto entries =
                    EntriesProto.parseFrom(Deflate.inflate(p.getBody().toByteArray(), p.getBodySize()));
            List<Batch.Entry> list = new ArrayList<>(entries.getEntryCount());
            long last = 0;
            for (EntryProto e : entries.getEntryList()) {
                long sequence = Math.addExact(last, e.getSequence());
                if (sequence <= last) {
                    throw new ContractException("sequences must ascend from 1: " + sequence + " after " + last);
                }
                list.add(new Batch.Entry(sequence, e.getPayload().toByteArray()));
                last = sequence;
            }
            if (p.getEpoch() < 1) {
                throw new ContractException("epoch starts at 1, got " + p.getEpoch());
            }
            Opening opening = new Opening(p.getEpoch(), p.getOpening(), p.getOpenedAt());
            return new Batch(p.getGateway(), opening, OutboxKind.of(p.getKind()), list);
        });
    }

    public static byte[] encode(Ack ack) {
        AckProto.Builder p = AckProto.newBuilder()
                .setSchema(SCHEMA)
                .setEpoch(ack.committed().epoch())
                .setHighWater(ack.committed().highWater())
                .setCollectorTime(ack.collectorTime().toEpochMilli())
                .setOpening(ack.opening())
                .setRefused(ack.refused());
        long bound = ack.committed().highWater();
        for (Acknowledgement.Range r : ack.committed().beyond()) {
            p.addBeyond(r.first() - bound).addBeyond(r.last() - r.first());
            bound = r.last();
        }
        return p.build().toByteArray();
    }

    public static Ack decodeAck(byte[] bytes) throws ContractException {
        return decode("ack", () -> {
            AckProto p = AckProto.parseFrom(bytes);
            requireSchema(p.getSchema());
            List<Acknowledgement.Range> beyond = new ArrayList<>();
            long bound = p.getHighWater();
            for (int i = 0; i + 1 < p.getBeyondCount(); i += 2) {
                long first = Math.addExact(bound, p.getBeyond(i));
                bound = Math.addExact(first, p.getBeyond(i + 1));
                beyond.add(new Acknowledgement.Range(first, bound));
            }
            Acknowledgement committed = new Acknowledgement(p.getEpoch(), p.getHighWater(), beyond);
            return new Ack(committed, Instant.ofEpochMilli(p.getCollectorTime()), p.getOpening(), p.getRefused());
        });
    }

    public static byte[] encode(Event e) {
        return EventProto.newBuilder()
                .setId(e.id())
                .setAt(e.at().toEpochMilli())
                .setCode(e.code())
                .setSeverity(e.severity().ordinal())
                .setMeter(e.meter())
                .setText(e.text())
                .putAllDetail(e.detail())
                .build()
                .toByteArray();
    }

    public static Event decodeEvent(byte[] bytes) throws ContractException {
        return decode("event", () -> {
            EventProto p = EventProto.parseFrom(bytes);
            if (p.getId().isEmpty() || p.getCode().isEmpty()) {
                throw new ContractException("an event has an id and a code");
            }
            Severity[] severities = Severity.values();
            Severity severity = severities[Math.min(Math.max(p.getSeverity(), 0), severities.length - 1)];
            Instant at = Instant.ofEpochMilli(p.getAt());
            Map<String, String> detail = bounded(p.getDetailMap());
            return new Event(p.getId(), at, p.getCode(), severity, p.getMeter(), p.getText(), detail);
        });
    }

    public static byte[] encode(Result result) {
        ResultProto.Builder p = ResultProto.newBuilder();
        if (result instanceof Result.OrderResult r) {
            p.setOrder(OrderResultProto.newBuilder()
                    .setOrder(r.order())
                    .setMeter(r.meter())
                    .setState(r.state().name())
                    .setKo(name(r.ko()))
                    .setWho(r.who())
                    .setDetail(r.detail())
                    .setReadingSequence(r.readingSequence())
                    .setFinished(r.finished().toEpochMilli()));
        } else if (result instanceof Result.RunSummary r) {
            RunSummaryProto.Builder run = RunSummaryProto.newBuilder()
                    .setRun(r.run())
                    .setStarted(r.started().toEpochMilli())
                    .setFinished(r.finished().toEpochMilli())
                    .setLastSequence(r.lastSequence())
                    .setComplete(r.complete());
            for (Result.Outcome o : r.meters()) {
                run.addMeter(MeterOutcomeProto.newBuilder()
                        .setMeter(o.meter())
                        .setLastContact(seconds(o.lastContact()))
                        .setNewest(seconds(o.newest()))
                        .setSamples(o.samples())
                        .setKo(name(o.ko()))
                        .setDetail(o.detail()));
            }
            p.setRun(run);
        } else if (result instanceof Result.Applied a) {
            p.setApplied(applied(a));
        }
        return p.build().toByteArray();
    }

    private static AppliedProto applied(Result.Applied a) {
        return AppliedProto.newBuilder()
                .setKind(a.kind())
                .setVersion(a.version())
                .setState(a.state().name())
                .setEntries(a.entries())
                .addAllProblem(a.problems())
                .setAt(a.at().toEpochMilli())
                .build();
    }

    public static Result decodeResult(byte[] bytes) throws ContractException {
        return decode("result", () -> {
            ResultProto p = ResultProto.parseFrom(bytes);
            return switch (p.getWhatCase()) {
                case ORDER -> orderResult(p.getOrder());
                case RUN -> runSummary(p.getRun());
                case APPLIED -> applied(p.getApplied());
                default -> throw new ContractException("a result of neither an order, a run nor something sent down");
            };
        });
    }

    private static Result applied(AppliedProto p) throws ContractException {
        if (p.getProblemCount() > Result.Applied.MOST_PROBLEMS) {
            throw new ContractException(
                    "at most " + Result.Applied.MOST_PROBLEMS + " problems, got " + p.getProblemCount());
        }
        return new Result.Applied(
                p.getKind(),
                p.getVersion(),
                Result.State.valueOf(p.getState()),
                p.getEntries(),
                p.getProblemList(),
                Instant.ofEpochMilli(p.getAt()));
    }

    private static Result orderResult(OrderResultProto p) {
        return new Result.OrderResult(
                p.getOrder(),
                p.getMeter(),
                Result.State.valueOf(p.getState()),
                ko(p.getKo()),
                p.getWho(),
                p.getDetail(),
                p.getReadingSequence(),
                Instant.ofEpochMilli(p.getFinished()));
    }

    private static Result runSummary(RunSummaryProto p) {
        List<Result.Outcome> meters = new ArrayList<>(p.getMeterCount());
        for (MeterOutcomeProto o : p.getMeterList()) {
            meters.add(new Result.Outcome(
                    o.getMeter(),
                    instant(o.getLastContact()),
                    instant(o.getNewest()),
                    o.getSamples(),
                    ko(o.getKo()),
                    o.getDetail()));
        }
        return new Result.RunSummary(
                p.getRun(),
                Instant.ofEpochMilli(p.getStarted()),
                Instant.ofEpochMilli(p.getFinished()),
                p.getLastSequence(),
                p.getComplete(),
                meters);
    }

    public static byte[] encode(Order order) {
        return DownCodec.encode(order);
    }

    public static Order decodeOrder(byte[] bytes) throws ContractException {
        return decode("order", () -> DownCodec.order(bytes));
    }

    /** The edge's receipt of an order, sent at once (D15). */
    public static byte[] encodeReceipt(String order) {
        return ReceiptProto.newBuilder()
                .setSchema(SCHEMA)
                .setOrder(order)
                .build()
                .toByteArray();
    }

    public static String decodeReceipt(byte[] bytes) throws ContractException {
        return decode("receipt", () -> {
            ReceiptProto p = ReceiptProto.parseFrom(bytes);
            requireSchema(p.getSchema());
            return p.getOrder();
        });
    }

    public static byte[] encode(Agenda agenda) {
        return DownCodec.encode(agenda);
    }

    public static Agenda decodeAgenda(byte[] bytes) throws ContractException {
        return decode("agenda", () -> DownCodec.agenda(bytes));
    }

    /** @throws IllegalArgumentException when the text is larger than {@link #MAX_BODY} */
    public static byte[] encode(Table table) {
        return DownCodec.encode(table);
    }

    public static Table decodeTable(byte[] bytes) throws ContractException {
        return decode("meter table", () -> DownCodec.table(bytes));
    }

    /** The content of the envelope of {@link Table#keys()}; never to be sent or kept in clear (D17). */
    public static byte[] encode(KeyTable keys) {
        return DownCodec.encode(keys);
    }

    /** Its messages never hold a key. */
    public static KeyTable decodeKeys(byte[] bytes) throws ContractException {
        return decode("key table", () -> DownCodec.keys(bytes));
    }

    public static byte[] encode(Config config) {
        return DownCodec.encode(config);
    }

    public static Config decodeConfig(byte[] bytes) throws ContractException {
        return decode("configuration", () -> DownCodec.config(bytes));
    }

    public static byte[] encode(Status s) {
        return StatusProto.newBuilder()
                .setSchema(SCHEMA)
                .setOnline(s.online())
                .setEpoch(s.epoch())
                .setOpening(s.opening().id())
                .setOpenedAt(s.opening().sequence())
                .setSince(s.since().toEpochMilli())
                .setVersion(s.version())
                .setBacklog(s.backlog())
                .putAllDetail(s.detail())
                .build()
                .toByteArray();
    }

    public static Status decodeStatus(byte[] bytes) throws ContractException {
        return decode("status", () -> {
            StatusProto p = StatusProto.parseFrom(bytes);
            requireSchema(p.getSchema());
            return new Status(
                    p.getOnline(),
                    new Opening(p.getEpoch(), p.getOpening(), p.getOpenedAt()),
                    Instant.ofEpochMilli(p.getSince()),
                    p.getVersion(),
                    p.getBacklog(),
                    bounded(p.getDetailMap()));
        });
    }

    static void requireSchema(int schema) throws ContractException {
        if (schema != SCHEMA) {
            throw new ContractException("schema " + SCHEMA + " expected, got " + Integer.toUnsignedString(schema));
        }
    }

    static Map<String, String> bounded(Map<String, String> detail) throws ContractException {
        if (detail.size() > MAX_DETAILS) {
            throw new ContractException("at most " + MAX_DETAILS + " details, got " + detail.size());
        }
        return detail;
    }

    private static String name(Optional<Ko> ko) {
        return ko.map(Ko::name).orElse("");
    }

    /** A code of a newer edge is kept as what it is for us: an unknown fault. */
    private static Optional<Ko> ko(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        for (Ko k : Ko.values()) {
            if (k.name().equals(name)) {
                return Optional.of(k);
            }
        }
        return Optional.of(Ko.INTERNAL);
    }

    static long seconds(Optional<Instant> at) {
        return at.map(Instant::getEpochSecond).orElse(0L);
    }

    private static Optional<Instant> instant(long seconds) {
        return seconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
    }

    private interface Decoder<T> {
        T decode() throws InvalidProtocolBufferException, ContractException;
    }

    private static <T> T decode(String what, Decoder<T> decoder) throws ContractException {
        try {
            return decoder.decode();
        } catch (InvalidProtocolBufferException
                | IllegalArgumentException
                | ArithmeticException
                | DateTimeException e) {
            throw new ContractException("not a " + what + " of schema " + SCHEMA + ": " + e.getMessage(), e);
        }
    }
}
