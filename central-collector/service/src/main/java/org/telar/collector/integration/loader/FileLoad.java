package org.telar.collector.integration.loader;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReading;
import org.telar.collector.integration.cim.MeterReading.Block;
import org.telar.collector.integration.cim.MeterReading.Register;
import org.telar.collector.integration.cim.MeterReadingsReader;
import org.telar.collector.integration.cim.Quality;
import org.telar.collector.integration.cim.ReadingType;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.Use;

/**
 * One file on its way into the database: checks each block, packs intervals by local day, and writes in batches inside
 * one transaction that its owner commits. Memory is bounded by the batch. Not thread-safe.
 */
final class FileLoad implements MeterReadingsReader.Sink {
    /** What the rest of the database must answer about a message. */
    interface MessageIds {
        /** True when another file has brought this MessageID with another content. */
        boolean taken(String messageId) throws SQLException;
    }

    private final ReadingTypes types;
    private final LoaderSettings settings;
    private final Dictionary ids;
    private final MessageIds messageIds;
    private final Tally tally = new Tally();
    private final History history = new History();
    private final Merge merge;
    private final DayStore days;
    private final ExceptionStore exceptions;
    private final RegisterStore registers;
    private final BlockQuarantine quarantine;
    private final Connection db;
    private final long fileId;
    private final Instant now;
    private final Map<ZoneId, LocalDay.Finder> calendars = new HashMap<>();
    private final TreeMap<DayKey, Slots> pending = new TreeMap<>();
    private long pendingValues;
    private Optional<MessageHeader> header = Optional.empty();
    private boolean trusted;
    private long fallbackReadAt;

    FileLoad(
            Connection db, long fileId, Instant now, ReadingTypes types, LoaderSettings settings, MessageIds messageIds)
            throws SQLException {
        this.db = db;
        this.fileId = fileId;
        this.now = now;
        this.types = types;
        this.settings = settings;
        this.messageIds = messageIds;
        this.ids = new Dictionary(db, settings.directory());
        this.merge = new Merge(ids::rank);
        this.days = new DayStore(db, merge, history, tally, fileId, now);
        this.exceptions = new ExceptionStore(db, tally, fileId, now);
        this.registers = new RegisterStore(db, ids, history, tally, fileId, now);
        this.quarantine = new BlockQuarantine(db, tally, fileId, now);
        this.fallbackReadAt = now.getEpochSecond();
    }

    @Override
    public void header(MessageHeader h) throws CimException {
        header = Optional.of(h);
        trusted = settings.trustedSources().contains(h.source());
        fallbackReadAt = h.timestamp().orElse(now).getEpochSecond();
        try {
            if (!h.messageId().isEmpty() && messageIds.taken(h.messageId())) {
                throw new CimException(
                        CimException.REQUEST_ID,
                        "MessageID " + BlockQuarantine.shown(h.messageId()) + " was used before for other content");
            }
        } catch (SQLException e) {
            throw new Dictionary.Wrapped(e);
        }
    }

    @Override
    public void meterReading(MeterReading reading) throws CimException {
        try {
            take(reading);
        } catch (SQLException e) {
            throw new Dictionary.Wrapped(e);
        }
    }

    /**
     * Writes what is left.
     *
     * @throws CimException when neither the header nor any reading type says that these are load profiles or registers
     *     (D19)
     */
    Tally finish() throws SQLException, CimException {
        boolean typed = header.flatMap(MeterReadingsReader::dataType).isPresent();
        if (!typed && tally.known == 0) {
            throw new CimException(
                    CimException.NO_TYPE,
                    "no DataType, and no reading type that stands for a load profile or register");
        }
        flush();
        return tally;
    }

    /** An operator has decided that this data is to be taken: unknown meters are entered. */
    Tally replay(MeterReading reading) throws SQLException {
        trusted = true;
        take(reading);
        flush();
        return tally;
    }

    Optional<MessageHeader> header() {
        return header;
    }

    private void take(MeterReading reading) throws SQLException {
        String number = reading.meter();
        Optional<Dictionary.MeterRow> meter = number.isEmpty() || number.length() > 64
                ? Optional.empty()
                : ids.meter(number, reading.mrid(), trusted);
        if (meter.isPresent()) {
            tally.meters.add(number);
        }
        for (Block block : reading.blocks()) {
            block(reading, meter, block);
        }
        for (Register register : reading.registers()) {
            register(reading, meter, register);
        }
        if (pendingValues + registers.pending() > settings.batchValues()) {
            flush();
        }
    }

    private void flush() throws SQLException {
        days.write(pending, (key, slots) -> refuse(key, slots));
        pending.clear();
        pendingValues = 0;
        registers.flush();
        history.flush(db, fileId, now);
    }

    private void block(MeterReading from, Optional<Dictionary.MeterRow> meter, Block block) throws SQLException {
        for (int i = 0; i < block.size(); i++) {
            tally.values += block.unscaled(i) == Block.NO_VALUE ? 0 : 1;
        }
        Optional<ReadingType> type = types.of(block.readingType())
                .filter(t -> t.uses().contains(Use.PROFILE) && t.period().isPresent());
        tally.known += type.isPresent() ? 1 : 0;
        if (block.fault().isPresent()) {
            MeterReading.Fault fault = block.fault().get();
            quarantine.keep(from.meter(), from.mrid(), block, fault.code(), fault.reason());
        } else if (type.isEmpty()) {
            String reason = "no load profile type known as " + block.readingType();
            quarantine.keep(from.meter(), from.mrid(), block, CimException.READING_TYPE, reason);
        } else if (meter.isEmpty()) {
            quarantine.keep(from.meter(), from.mrid(), block, CimException.UNKNOWN_METER, "unknown meter");
        } else {
            pack(from, meter.get(), type.get(), block);
        }
    }

    private void pack(MeterReading from, Dictionary.MeterRow meter, ReadingType type, Block block) throws SQLException {
        short typeId = ids.type(type);
        BlockPacker packer = new BlockPacker(
                meter.id(),
                typeId,
                type,
                calendars.computeIfAbsent(meter.zone(), LocalDay.Finder::new),
                ids,
                block.readAt() == Block.UNKNOWN ? fallbackReadAt : block.readAt());
        Optional<MeterReading.Fault> fault = packer.pack(block);
        if (fault.isPresent()) {
            quarantine.keep(
                    from.meter(),
                    from.mrid(),
                    block,
                    fault.get().code(),
                    fault.get().reason());
            return;
        }
        tally.duplicates += packer.repeated();
        tally.missing += packer.missing();
        exceptions.write(meter.id(), typeId, packer.exceptions());
        for (Map.Entry<DayKey, Slots> day : packer.days().entrySet()) {
            join(day.getKey(), day.getValue());
        }
    }

    /** Two blocks of one file may hold parts of one day. */
    private void join(DayKey key, Slots slots) throws SQLException {
        Slots before = pending.get(key);
        if (before == null) {
            pending.put(key, slots);
            pendingValues += slots.size();
            return;
        }
        Optional<Merge.Count> count = merge.merge(before, slots, history.of(key, slots));
        if (count.isEmpty()) {
            refuse(key, slots);
        } else {
            tally.duplicates += count.get().equal;
            tally.conflicts += count.get().conflicts;
        }
    }

    /** The day's values have no common 64-bit form with those held: kept aside, not rounded. */
    private void refuse(DayKey key, Slots slots) throws SQLException {
        Block block = Block.empty(ids.typeName(key.type()), fallbackReadAt);
        int multiplier =
                types.of(block.readingType()).map(ReadingType::multiplier).orElse(0);
        for (int i = 0; i < slots.size(); i++) {
            if (!slots.empty(i)) {
                Quality quality = ids.qualityOf(slots.quality[i]);
                block.add(slots.end(i), slots.value[i], slots.scaler - multiplier, quality, false);
            }
        }
        quarantine.keep(
                ids.meterName(key.meter()),
                "",
                block,
                CimException.SCHEMA,
                "cannot be represented exactly beside the values held of this day");
    }

    private void register(MeterReading from, Optional<Dictionary.MeterRow> meter, Register r) throws SQLException {
        tally.values += r.value().isPresent() ? 1 : 0;
        Optional<ReadingType> type = types.of(r.readingType());
        tally.known += type.isPresent() ? 1 : 0;
        if (r.fault().isPresent()) {
            quarantine.keep(
                    from.meter(),
                    from.mrid(),
                    r,
                    r.fault().get().code(),
                    r.fault().get().reason());
        } else if (type.isEmpty()) {
            quarantine.keep(
                    from.meter(),
                    from.mrid(),
                    r,
                    CimException.READING_TYPE,
                    "no register type known as " + r.readingType());
        } else if (meter.isEmpty()) {
            quarantine.keep(from.meter(), from.mrid(), r, CimException.UNKNOWN_METER, "unknown meter");
        } else if (r.value().isEmpty()) {
            tally.missing++;
        } else {
            register(from, meter.get(), type.get(), r);
        }
    }

    private void register(MeterReading from, Dictionary.MeterRow meter, ReadingType type, Register r)
            throws SQLException {
        Optional<Short> quality = ids.quality(r.quality());
        if (quality.isEmpty()) {
            quarantine.keep(from.meter(), from.mrid(), r, CimException.TOO_MANY, "too many different qualities");
            return;
        }
        boolean occurrence = RegisterRules.demand(type) && r.periodEnd().isPresent();
        long stamp = occurrence ? r.periodEnd().get() : r.at();
        BigDecimal value = r.value().get().toBigDecimal().scaleByPowerOfTen(type.multiplier());
        registers.add(
                new RegisterStore.Key(stamp, meter.id(), ids.type(type), RegisterRules.kind(type, r.reason())),
                new RegisterStore.Value(
                        value,
                        occurrence ? r.at() : Slots.ABSENT,
                        quality.get(),
                        r.readAt() == Block.UNKNOWN ? fallbackReadAt : r.readAt()));
    }
}
