package org.telar.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Counts samples that more than one CIM MeterReadings file carries unchanged: work that should not have been done (D11).
 * Reads the files with the JDK's parser, so that it shares nothing with the writer it judges.
 */
public final class CarriedTwice {
    private final XMLInputFactory factory = XMLInputFactory.newFactory();
    private long[] seen = new long[1 << 16];
    private int size;
    private long samples;

    private CarriedTwice() {
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    }

    /**
     * What the files carry.
     *
     * @param samples interval and register readings in all files
     * @param duplicates how many of them repeat one that was already carried with the same value
     */
    public record Count(long samples, long duplicates) {}

    /** @throws IOException when a file cannot be read or is no XML; the message names it */
    public static Count count(List<Path> files) throws IOException {
        CarriedTwice scan = new CarriedTwice();
        for (Path file : files) {
            try (InputStream in = open(file)) {
                scan.read(in);
            } catch (XMLStreamException e) {
                throw new IOException(file + " is no readable XML: " + e.getMessage(), e);
            }
        }
        return new Count(scan.samples, scan.repeated());
    }

    /** Archived files are compressed. */
    private static InputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        return file.getFileName().toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    }

    private void read(InputStream in) throws XMLStreamException {
        XMLStreamReader xml = factory.createXMLStreamReader(in);
        Meter meter = null;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("MeterReading")) {
                meter = new Meter();
            } else if (event == XMLStreamConstants.START_ELEMENT && meter != null) {
                start(xml, meter);
            } else if (event == XMLStreamConstants.END_ELEMENT && meter != null) {
                end(xml.getLocalName(), meter);
                if (xml.getLocalName().equals("MeterReading")) {
                    meter.keep();
                    meter = null;
                }
            }
        }
        xml.close();
    }

    private static void start(XMLStreamReader xml, Meter meter) throws XMLStreamException {
        switch (xml.getLocalName()) {
            case "IntervalBlocks" -> meter.pending = 0;
            case "IntervalReadings", "Readings" -> meter.begin();
            case "Meter" -> meter.inMeter = true;
            case "ReadingType" -> meter.type(xml.getAttributeValue(null, "ref"));
            case "timeStamp" -> meter.time(xml.getElementText());
            case "end" -> meter.end = xml.getElementText();
            case "value" -> meter.value = xml.getElementText();
            case "name" -> {
                if (meter.inMeter && meter.number.isEmpty()) {
                    meter.number = xml.getElementText();
                }
            }
            default -> {
                // Nothing of a sample's key or value.
            }
        }
    }

    private void end(String element, Meter meter) {
        switch (element) {
            case "Meter" -> meter.inMeter = false;
            case "IntervalReadings", "Readings" -> meter.finish(element.equals("Readings"));
            case "IntervalBlocks" -> meter.closeBlock();
            default -> {
                // Only the ends of samples and blocks matter.
            }
        }
    }

    private void keep(String sample) {
        samples++;
        if (size == seen.length) {
            seen = Arrays.copyOf(seen, size * 2);
        }
        seen[size++] = hash(sample);
    }

    private long repeated() {
        Arrays.sort(seen, 0, size);
        long repeated = 0;
        for (int i = 1; i < size; i++) {
            repeated += seen[i] == seen[i - 1] ? 1 : 0;
        }
        return repeated;
    }

    /** FNV-1a with a final mix: 64 bits keep a million samples apart. */
    private static long hash(String text) {
        long h = 0xcbf29ce484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ b) * 0x100000001b3L;
        }
        h ^= h >>> 32;
        h *= 0xd6e8feb86659fd93L;
        return h ^ (h >>> 32);
    }

    /** One MeterReading: its number may stand after its samples, and an interval block's type stands last. */
    private final class Meter {
        private final List<String> samplesOfMeter = new ArrayList<>();
        private String number = "";
        private String value = "";
        private String time = "";
        private String end = "";
        private String type = "";
        private String blockType = "";
        private boolean inMeter;
        private boolean inSample;
        private int pending;

        void begin() {
            inSample = true;
            value = "";
            time = "";
            end = "";
            type = "";
        }

        void time(String text) {
            // The first stamp of a sample is its own; qualities may carry theirs.
            if (time.isEmpty()) {
                time = text;
            }
        }

        void type(String ref) {
            if (inSample) {
                type = ref;
            } else {
                blockType = ref;
            }
        }

        void finish(boolean register) {
            inSample = false;
            // A maximum demand is stamped with its occurrence; the closing it belongs to is the end of its period
            // (D18).
            String stamp = instant(time) + (end.isEmpty() ? "" : "/" + instant(end));
            samplesOfMeter.add((register ? type : "") + "|" + stamp + "|" + value);
            pending += register ? 0 : 1;
        }

        private static Instant instant(String text) {
            return OffsetDateTime.parse(text).toInstant();
        }

        void closeBlock() {
            for (int i = samplesOfMeter.size() - pending; i < samplesOfMeter.size(); i++) {
                samplesOfMeter.set(i, blockType + samplesOfMeter.get(i));
            }
            pending = 0;
            blockType = "";
        }

        void keep() {
            for (String sample : samplesOfMeter) {
                if (!sample.endsWith("|")) {
                    CarriedTwice.this.keep(number + "|" + sample);
                }
            }
        }
    }
}
