package org.telar.contract;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;
import org.telar.contract.internal.proto.ActivityProto;
import org.telar.contract.internal.proto.AgendaProto;
import org.telar.contract.internal.proto.ConfigProto;
import org.telar.contract.internal.proto.KeysProto;
import org.telar.contract.internal.proto.MeterKeysProto;
import org.telar.contract.internal.proto.OrderProto;
import org.telar.contract.internal.proto.TableProto;

/** What goes down: orders, meter table, agenda, configuration. {@link Contract} turns its failures into one kind. */
final class DownCodec {
    private DownCodec() {}

    static byte[] encode(Order o) {
        return OrderProto.newBuilder()
                .setSchema(Contract.SCHEMA)
                .setId(o.id())
                .setType(o.type().name())
                .setMeter(o.meter().map(MeterId::number).orElse(""))
                .setFrom(Contract.seconds(o.range().map(TimeRange::from)))
                .setTo(Contract.seconds(o.range().map(TimeRange::to)))
                .setSource(o.source().name())
                .setDeadline(o.deadline().toEpochMilli())
                .putAllParameter(o.parameters())
                .build()
                .toByteArray();
    }

    static Order order(byte[] bytes) throws InvalidProtocolBufferException, ContractException {
        OrderProto p = OrderProto.parseFrom(bytes);
        Contract.requireSchema(p.getSchema());
        Optional<TimeRange> range = p.getTo() == 0
                ? Optional.empty()
                : Optional.of(new TimeRange(Instant.ofEpochSecond(p.getFrom()), Instant.ofEpochSecond(p.getTo())));
        return new Order(
                p.getId(),
                Order.Type.valueOf(p.getType()),
                p.getMeter().isEmpty() ? Optional.empty() : Optional.of(new MeterId(p.getMeter())),
                range,
                Order.Source.valueOf(p.getSource()),
                Instant.ofEpochMilli(p.getDeadline()),
                Contract.bounded(p.getParameterMap()));
    }

    static byte[] encode(Agenda agenda) {
        AgendaProto.Builder p = AgendaProto.newBuilder()
                .setSchema(Contract.SCHEMA)
                .setVersion(agenda.version())
                .setZone(agenda.zone().getId());
        for (Agenda.Activity a : agenda.activities()) {
            p.addActivity(ActivityProto.newBuilder()
                    .setName(a.name())
                    .setType(a.type().name())
                    .setAt(a.at().map(LocalTime::toString).orElse(""))
                    .setEveryMinutes(a.everyMinutes()));
        }
        return p.build().toByteArray();
    }

    static Agenda agenda(byte[] bytes) throws InvalidProtocolBufferException, ContractException {
        AgendaProto p = AgendaProto.parseFrom(bytes);
        Contract.requireSchema(p.getSchema());
        List<Agenda.Activity> activities = new ArrayList<>();
        for (ActivityProto a : p.getActivityList()) {
            Optional<LocalTime> at = a.getAt().isEmpty() ? Optional.empty() : Optional.of(LocalTime.parse(a.getAt()));
            int every = a.getEveryMinutes();
            if (at.isPresent() == (every > 0) || every < 0 || every > 1440) {
                throw new ContractException(
                        "activity " + a.getName() + " runs either at a time or every 1 to 1440 minutes");
            }
            activities.add(new Agenda.Activity(a.getName(), Agenda.Type.valueOf(a.getType()), at, every));
        }
        return new Agenda(p.getVersion(), ZoneId.of(p.getZone()), activities);
    }

    static byte[] encode(Table table) {
        byte[] csv = table.csv().getBytes(StandardCharsets.UTF_8);
        if (csv.length > Contract.MAX_BODY) {
            throw new IllegalArgumentException(
                    "a meter table holds at most " + Contract.MAX_BODY + " bytes, got " + csv.length);
        }
        return TableProto.newBuilder()
                .setSchema(Contract.SCHEMA)
                .setVersion(table.version())
                .setCsvSize(csv.length)
                .setCsv(ByteString.copyFrom(Deflate.deflate(csv)))
                .setKeys(ByteString.copyFrom(table.keys()))
                .build()
                .toByteArray();
    }

    static Table table(byte[] bytes) throws InvalidProtocolBufferException, ContractException {
        TableProto p = TableProto.parseFrom(bytes);
        Contract.requireSchema(p.getSchema());
        if (p.getCsvSize() < 0 || p.getCsvSize() > Contract.MAX_BODY) {
            throw new ContractException(
                    "csv_size is at most " + Contract.MAX_BODY + ", got " + Integer.toUnsignedString(p.getCsvSize()));
        }
        byte[] csv = Deflate.inflate(p.getCsv().toByteArray(), p.getCsvSize());
        return new Table(
                p.getVersion(),
                new String(csv, StandardCharsets.UTF_8),
                p.getKeys().toByteArray());
    }

    static byte[] encode(KeyTable table) {
        KeysProto.Builder p = KeysProto.newBuilder()
                .setSchema(Contract.SCHEMA)
                .setGateway(table.gateway())
                .setVersion(table.version());
        table.keys()
                .forEach((meter, keys) -> p.addMeter(MeterKeysProto.newBuilder()
                        .setMeter(meter.number())
                        .setPassword(ByteString.copyFrom(keys.password()))
                        .setEncryptionKey(ByteString.copyFrom(keys.encryptionKey()))
                        .setAuthenticationKey(ByteString.copyFrom(keys.authenticationKey()))));
        return p.build().toByteArray();
    }

    static KeyTable keys(byte[] bytes) throws InvalidProtocolBufferException, ContractException {
        KeysProto p = KeysProto.parseFrom(bytes);
        Contract.requireSchema(p.getSchema());
        Map<MeterId, MeterKeys> keys = new HashMap<>();
        for (MeterKeysProto m : p.getMeterList()) {
            keys.put(
                    new MeterId(m.getMeter()),
                    new MeterKeys(
                            m.getPassword().toByteArray(),
                            m.getEncryptionKey().toByteArray(),
                            m.getAuthenticationKey().toByteArray()));
        }
        return new KeyTable(p.getGateway(), p.getVersion(), keys);
    }

    static byte[] encode(Config config) {
        return ConfigProto.newBuilder()
                .setSchema(Contract.SCHEMA)
                .setVersion(config.version())
                .putAllValue(config.values())
                .build()
                .toByteArray();
    }

    static Config config(byte[] bytes) throws InvalidProtocolBufferException, ContractException {
        ConfigProto p = ConfigProto.parseFrom(bytes);
        Contract.requireSchema(p.getSchema());
        return new Config(p.getVersion(), Contract.bounded(p.getValueMap()));
    }
}
