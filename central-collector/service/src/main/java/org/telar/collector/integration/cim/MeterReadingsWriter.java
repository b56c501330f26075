package org.telar.collector.integration.cim;

import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

import org.codehaus.stax2.XMLStreamWriter2;
import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;

/**
 * Writes MeterReadings, as one {@code created} EventMessage or as the payload of an answer, as a stream: memory does
 * not grow with the message. Values
 * leave in the reading type's unit and multiplier by moving the decimal point only, so they come back exactly. The first
 * reading of each block carries reportedDateTime, when the meter was read (it decides conflicts, D21); rows off the grid
 * have a block of their own marked by {@code source} (D4). Not thread-safe.
 */
public final class MeterReadingsWriter implements AutoCloseable {
    /** Marks rows off the grid. */
    static final String OFF_GRID = "off-grid";

    private static final String M = Namespaces.METER_READINGS;
    private static final int TIME_LENGTH = 25;

    private final XMLStreamWriter2 envelope;
    private final XMLStreamWriter2 out;
    private final Optional<GzipBuffer> compressed;
    private final ReadingTypes types;
    private final Qualities qualities;
    private final Map<ZoneId, CimTime> times = new HashMap<>();
    private final DecimalText decimal = new DecimalText();
    private final PlainRow row = new PlainRow();
    private CimTime time;
    private long values;
    private long readings;

    /** A channel that could not be written, and why; the rest of the poll was. */
    public record Unsendable(String channel, String reason) {}

    /**
     * An EventMessage; writes the envelope's header at once.
     *
     * @param zone zone of the header's timestamp
     * @param compress whether the payload goes as gzip in text form (Payload/Compressed); it is then held in memory,
     *     compressed, until {@link #close}
     */
    public MeterReadingsWriter(
            OutputStream target,
            MessageHeader header,
            ZoneId zone,
            ReadingTypes types,
            Qualities qualities,
            boolean compress)
            throws XMLStreamException {
        this.envelope = EnvelopeWriter.writer(target);
        this.compressed = compress ? Optional.of(new GzipBuffer()) : Optional.empty();
        this.out = compress ? EnvelopeWriter.writer(compressed.get().stream()) : envelope;
        this.types = types;
        this.qualities = qualities;
        EnvelopeWriter.declare(envelope);
        EnvelopeWriter.open(envelope, "EventMessage", header, zone);
        envelope.writeStartElement(Namespaces.MESSAGE, "Payload");
        payload();
    }

    /** The payload alone, without an XML declaration, for an answer that is put into its envelope later. */
    public MeterReadingsWriter(OutputStream target, ReadingTypes types, Qualities qualities) throws XMLStreamException {
        this.envelope = EnvelopeWriter.writer(target);
        this.compressed = Optional.empty();
        this.out = envelope;
        this.types = types;
        this.qualities = qualities;
        payload();
    }

    private void payload() throws XMLStreamException {
        out.writeStartElement("m", "MeterReadings", M);
        out.writeNamespace("m", M);
    }

    /**
     * Writes one meter's polls: profiles or registers, whichever they hold; a message holds one of the two (D10).
     *
     * @return what could not be written
     */
    public List<Unsendable> meter(MeterRef meter, List<Poll> polls) throws XMLStreamException {
        List<Unsendable> unsendable = new ArrayList<>();
        time = times.computeIfAbsent(meter.zone(), CimTime::new);
        boolean open = false;
        for (Poll poll : polls) {
            for (ProfileBlock block : poll.profiles()) {
                for (int c = 0; c < block.columns().size(); c++) {
                    Column column = block.columns().get(c);
                    Optional<ReadingType> type = type(meter, block, column, unsendable);
                    if (type.isPresent()) {
                        open = open || start();
                        intervals(block, c, type.get(), poll.readAt().getEpochSecond());
                    }
                }
            }
        }
        boolean registers = polls.stream().anyMatch(p -> !p.registers().isEmpty());
        if (!open && registers) {
            open = start();
        }
        if (open) {
            identity(meter);
            for (Poll poll : polls) {
                for (RegisterSet set : poll.registers()) {
                    registers(meter, set, poll.readAt().getEpochSecond(), unsendable);
                }
            }
            out.writeEndElement();
        }
        return unsendable;
    }

    /** Values written so far; known missing slots are none. */
    public long values() {
        return values;
    }

    /** Readings written so far, known missing slots included. */
    public long readings() {
        return readings;
    }

    /** Ends the document; the target stays open. */
    @Override
    public void close() throws XMLStreamException {
        if (compressed.isPresent()) {
            out.writeEndDocument();
            out.close();
            EnvelopeWriter.compressed(envelope, compressed.get().finish());
        }
        envelope.writeEndDocument();
        envelope.close();
    }

    private boolean start() throws XMLStreamException {
        out.writeCharacters("\n");
        out.writeStartElement(M, "MeterReading");
        return true;
    }

    private Optional<ReadingType> type(MeterRef meter, ProfileBlock block, Column column, List<Unsendable> unsendable) {
        Optional<ReadingType> type = types.of(Use.PROFILE, column.channel(), block.period(), meter.commodity());
        if (type.isEmpty()) {
            unsendable.add(new Unsendable(
                    column.channel().toString(),
                    "no reading type for profile channel " + column.channel() + " every " + block.period()));
        }
        return fitting(type, column.unit(), column.channel().toString(), unsendable);
    }

    private static Optional<ReadingType> fitting(
            Optional<ReadingType> type, Unit unit, String channel, List<Unsendable> unsendable) {
        if (type.isPresent()
                && !ReadingType.cimUnit(unit.code())
                        .equals(Optional.of(type.get().unit()))) {
            unsendable.add(new Unsendable(
                    channel,
                    "the meter gives DLMS unit " + unit.code() + " for " + channel + ", the reading type is in "
                            + type.get().unitName()));
            return Optional.empty();
        }
        return type;
    }

    private void intervals(ProfileBlock block, int c, ReadingType type, long readAt) throws XMLStreamException {
        Column column = block.columns().get(c);
        int exponent = column.unit().scaler() - type.multiplier();
        long end = block.firstEnd().getEpochSecond();
        long step = block.period().toSeconds();
        boolean open = false;
        for (int i = 0; i < block.slots(); i++, end += step) {
            int status = block.status()[i];
            long value = column.values()[i];
            if (status == ProfileBlock.NOT_READ && value == Column.ABSENT) {
                continue;
            }
            if (!open) {
                out.writeStartElement(M, "IntervalBlocks");
            }
            interval(end, value, exponent, status, open ? -1 : readAt, false);
            open = true;
        }
        if (open) {
            endBlock(type);
        }
        offGrid(block, c, type, exponent, readAt);
    }

    private void offGrid(ProfileBlock block, int c, ReadingType type, int exponent, long readAt)
            throws XMLStreamException {
        boolean open = false;
        for (OffGridRow row : block.offGrid()) {
            if (row.values()[c] != Column.ABSENT) {
                if (!open) {
                    out.writeStartElement(M, "IntervalBlocks");
                }
                interval(row.at().getEpochSecond(), row.values()[c], exponent, row.status(), open ? -1 : readAt, true);
                open = true;
            }
        }
        if (open) {
            endBlock(type);
        }
    }

    private void endBlock(ReadingType type) throws XMLStreamException {
        out.writeEmptyElement(M, "ReadingType");
        out.writeAttribute("ref", type.mrid());
        out.writeEndElement();
    }

    private void interval(long end, long value, int exponent, int status, long readAt, boolean off)
            throws XMLStreamException {
        if (readAt < 0 && !off && value != Column.ABSENT) {
            int digits = decimal.format(value, exponent);
            if (digits > 0
                    && row.write(out, time.format(end), decimal.text(), digits, qualities.of(Math.max(status, 0)))) {
                values++;
                readings++;
                return;
            }
        }
        out.writeStartElement(M, "IntervalReadings");
        if (readAt >= 0) {
            time("reportedDateTime", readAt);
        }
        if (off) {
            leaf("source", OFF_GRID);
        }
        time("timeStamp", end);
        if (value != Column.ABSENT) {
            value(value, exponent);
        }
        quality(value == Column.ABSENT ? qualities.missing() : qualities.of(Math.max(status, 0)));
        out.writeEndElement();
    }

    private void registers(MeterRef meter, RegisterSet set, long readAt, List<Unsendable> unsendable)
            throws XMLStreamException {
        Use use = Use.of(set.kind());
        for (RegisterValue v : set.values()) {
            if (v.register().d() == 7) {
                continue; // instantaneous values stay in the SGO base (D10)
            }
            Optional<ReadingType> type = types.of(use, v.register(), Duration.ZERO, meter.commodity());
            if (type.isEmpty()) {
                unsendable.add(new Unsendable(
                        v.register().toString(), "no reading type for " + set.kind() + " register " + v.register()));
            }
            type = fitting(type, v.unit(), v.register().toString(), unsendable);
            if (type.isPresent()) {
                register(set, v, type.get(), readAt);
            }
        }
    }

    private void register(RegisterSet set, RegisterValue v, ReadingType type, long readAt) throws XMLStreamException {
        long stamp = set.stamp().getEpochSecond();
        out.writeStartElement(M, "Readings");
        leaf("reason", set.kind() == RegisterKind.ON_DEMAND ? "inquiry" : "billing");
        time("reportedDateTime", readAt);
        time("timeStamp", v.occurredAt().map(java.time.Instant::getEpochSecond).orElse(stamp));
        value(v.value(), v.unit().scaler() - type.multiplier());
        quality(qualities.of(set.status()));
        out.writeEmptyElement(M, "ReadingType");
        out.writeAttribute("ref", type.mrid());
        if (v.occurredAt().isPresent()) {
            out.writeStartElement(M, "timePeriod");
            time("end", stamp);
            out.writeEndElement();
        }
        out.writeEndElement();
    }

    private void quality(Quality quality) throws XMLStreamException {
        readings++;
        for (Quality.Mark mark : quality.marks()) {
            out.writeStartElement(M, "ReadingQualities");
            if (!mark.comment().isEmpty()) {
                leaf("comment", mark.comment());
            }
            out.writeEmptyElement(M, "ReadingQualityType");
            out.writeAttribute("ref", mark.code());
            out.writeEndElement();
        }
    }

    private void identity(MeterRef meter) throws XMLStreamException {
        out.writeStartElement(M, "Meter");
        leaf("mRID", meter.mrid());
        out.writeStartElement(M, "Names");
        leaf("name", meter.number());
        out.writeStartElement(M, "NameType");
        leaf("name", "MeterNumber");
        out.writeEndElement();
        out.writeEndElement();
        out.writeEndElement();
    }

    private void value(long unscaled, int exponent) throws XMLStreamException {
        out.writeStartElement(M, "value");
        int n = decimal.format(unscaled, exponent);
        if (n > 0) {
            out.writeCharacters(decimal.text(), 0, n);
        } else {
            out.writeCharacters(BigDecimal.valueOf(unscaled, -exponent).toPlainString());
        }
        out.writeEndElement();
        values++;
    }

    private void time(String name, long epochSecond) throws XMLStreamException {
        out.writeStartElement(M, name);
        out.writeCharacters(time.format(epochSecond), 0, TIME_LENGTH);
        out.writeEndElement();
    }

    private void leaf(String name, String text) throws XMLStreamException {
        out.writeStartElement(M, name);
        out.writeCharacters(text);
        out.writeEndElement();
    }
}
