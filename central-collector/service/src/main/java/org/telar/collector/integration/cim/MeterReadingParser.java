package org.telar.collector.integration.cim;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.collector.integration.cim.MeterReading.Block;
import org.telar.collector.integration.cim.MeterReading.Fault;
import org.telar.collector.integration.cim.MeterReading.Register;

/** Parses one MeterReading element at a time. Not thread-safe. */
final class MeterReadingParser {
    private static final int QUALITY_CACHE = 10_000;
    private static final int MAX_MARKS = 32;
    private static final int MAX_NAME = 256;
    private static final int BLOCKS = 100_000;

    private final XmlCursor in;
    private final XmlLimits limits;
    private final Quality unmarked;
    private final CimTime time = new CimTime(ZoneOffset.UTC);
    private final Map<String, Quality> seen = new HashMap<>();
    private final List<Quality.Mark> marks = new ArrayList<>();
    private String onlyCode;
    private int readings;

    // One reading, while it is parsed.
    private long at;
    private long readAt;
    private long periodEnd;
    private Optional<Decimal> value = Optional.empty();
    private boolean offGrid;
    private String reason;
    private String readingType;
    private Fault fault;

    MeterReadingParser(XmlCursor in, XmlLimits limits, Qualities qualities) {
        this.in = in;
        this.limits = limits;
        this.unmarked = qualities.valid();
    }

    /** The cursor stands on the element, and is moved to its end. */
    MeterReading parse() throws CimException {
        readings = 0;
        String[] meter = {"", ""};
        List<Block> blocks = new ArrayList<>();
        List<Register> registers = new ArrayList<>();
        while (in.child()) {
            switch (in.name()) {
                case "IntervalBlocks" -> blocks.add(block());
                case "Readings" -> registers.add(register());
                case "Meter" -> meter(meter);
                default -> in.skip();
            }
            if (blocks.size() > BLOCKS) {
                throw new CimException(CimException.TOO_MANY, "more than " + BLOCKS + " IntervalBlocks" + in.where());
            }
        }
        return new MeterReading(meter[0], meter[1], blocks, registers);
    }

    private void meter(String[] numberAndMrid) throws CimException {
        String number = "";
        boolean typed = false;
        while (in.child()) {
            switch (in.name()) {
                case "mRID" -> numberAndMrid[1] = name();
                case "Names" -> {
                    String[] named = {"", ""};
                    names(named);
                    boolean meterNumber = named[1].equals("MeterNumber");
                    if (number.isEmpty() || meterNumber && !typed) {
                        number = named[0];
                        typed = meterNumber;
                    }
                }
                default -> in.skip();
            }
        }
        numberAndMrid[0] = number.isEmpty() ? numberAndMrid[1] : number;
    }

    private void names(String[] nameAndType) throws CimException {
        while (in.child()) {
            switch (in.name()) {
                case "name" -> nameAndType[0] = name();
                case "NameType" -> {
                    while (in.child()) {
                        if (in.name().equals("name")) {
                            nameAndType[1] = name();
                        } else {
                            in.skip();
                        }
                    }
                }
                default -> in.skip();
            }
        }
    }

    private String name() throws CimException {
        String text = in.leafText();
        if (text.length() > MAX_NAME) {
            throw new CimException(CimException.SCHEMA, "a name has at most " + MAX_NAME + " characters" + in.where());
        }
        return text;
    }

    private Block block() throws CimException {
        Block block = new Block();
        while (in.child()) {
            switch (in.name()) {
                case "IntervalReadings" -> {
                    reading();
                    if (fault != null) {
                        block.fail(fault.code(), fault.reason());
                    } else {
                        block.readAt = block.readAt == Block.UNKNOWN ? readAt : block.readAt;
                        boolean some = value.isPresent();
                        block.add(
                                at,
                                some ? value.get().unscaled() : Block.NO_VALUE,
                                some ? value.get().exponent() : 0,
                                quality(),
                                offGrid);
                    }
                }
                case "ReadingType" -> block.readingType = reference();
                default -> in.skip();
            }
        }
        if (block.readingType.isEmpty()) {
            block.fail(CimException.READING_TYPE, "the block names no reading type" + in.where());
        }
        return block;
    }

    private Register register() throws CimException {
        reading();
        if (readingType.isEmpty() && fault == null) {
            fault = new Fault(CimException.READING_TYPE, "the reading names no reading type" + in.where());
        }
        return new Register(
                readingType,
                reason,
                at,
                periodEnd == CimTime.NONE ? Optional.empty() : Optional.of(periodEnd),
                value,
                fault == null ? quality() : unmarked,
                readAt,
                Optional.ofNullable(fault));
    }

    /** Reads an IntervalReadings or Readings element into the fields above. */
    private void reading() throws CimException {
        if (++readings > limits.readings()) {
            throw new CimException(
                    CimException.TOO_MANY, "more than " + limits.readings() + " values of one meter" + in.where());
        }
        at = CimTime.NONE;
        readAt = Block.UNKNOWN;
        periodEnd = CimTime.NONE;
        value = Optional.empty();
        offGrid = false;
        reason = "";
        readingType = "";
        fault = null;
        marks.clear();
        onlyCode = null;
        while (in.child()) {
            switch (in.name()) {
                case "timeStamp" -> at = time("timeStamp");
                case "value" -> number();
                case "ReadingQualities" -> mark();
                case "reportedDateTime" -> readAt = time("reportedDateTime");
                case "source" -> offGrid = in.leafText().equals(MeterReadingsWriter.OFF_GRID);
                case "reason" -> reason = name();
                case "ReadingType" -> readingType = reference();
                case "timePeriod" -> period();
                default -> in.skip();
            }
        }
        at = at == CimTime.NONE ? periodEnd : at;
        if (at == CimTime.NONE && fault == null) {
            fault = new Fault(CimException.SCHEMA, "a reading without timeStamp" + in.where());
        }
    }

    private void period() throws CimException {
        while (in.child()) {
            if (in.name().equals("end")) {
                periodEnd = time("timePeriod/end");
            } else {
                in.skip();
            }
        }
    }

    private long time(String what) throws CimException {
        in.leaf();
        long t = time.parse(in.text(), in.length());
        if (t == CimTime.NONE && fault == null) {
            fault = new Fault(
                    CimException.SCHEMA,
                    what + " needs a date, a time and an offset, got \"" + shown() + "\"" + in.where());
        }
        return t;
    }

    private void number() throws CimException {
        in.leaf();
        value = Decimal.parse(in.text(), in.length());
        if (value.isEmpty() && fault == null) {
            fault = new Fault(
                    CimException.SCHEMA, "value cannot be represented exactly: \"" + shown() + "\"" + in.where());
        }
    }

    private String shown() {
        return new String(in.text(), 0, Math.min(in.length(), 40));
    }

    private String reference() throws CimException {
        String ref = in.attribute("ref").orElse("");
        in.skip();
        return ref;
    }

    /** Nearly every value has one mark without a comment: that case costs one look-up. */
    private void mark() throws CimException {
        String code = "";
        String comment = "";
        while (in.child()) {
            switch (in.name()) {
                case "ReadingQualityType" -> code = reference();
                case "comment" -> comment = in.leafText();
                default -> in.skip();
            }
        }
        if (marks.isEmpty() && onlyCode == null && comment.isEmpty() && seen.containsKey(code)) {
            onlyCode = code;
            return;
        }
        try {
            if (onlyCode != null) {
                marks.addAll(seen.get(onlyCode).marks());
                onlyCode = null;
            }
            String line = comment.replaceAll("\\s+", " ");
            marks.add(new Quality.Mark(code, line.substring(0, Math.min(line.length(), 200))));
        } catch (IllegalArgumentException e) {
            fault = fault == null ? new Fault(CimException.SCHEMA, e.getMessage() + in.where()) : fault;
        }
        if (marks.size() > MAX_MARKS) {
            throw new CimException(CimException.TOO_MANY, "more than " + MAX_MARKS + " qualities of one value");
        }
    }

    private Quality quality() {
        if (onlyCode != null) {
            return seen.get(onlyCode);
        }
        if (marks.isEmpty()) {
            return unmarked;
        }
        Quality quality = new Quality(marks);
        if (marks.size() == 1 && marks.get(0).comment().isEmpty() && seen.size() < QUALITY_CACHE) {
            seen.put(marks.get(0).code(), quality);
        }
        return quality;
    }
}
