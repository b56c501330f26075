package org.telar.collector.integration.cim;

import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.telar.collector.integration.DataType;

/**
 * Reads a MeterReadings message as a stream, in the ways real senders write it: any of the envelopes, a bare payload, a
 * SOAP envelope, older namespaces, verbs in any case, elements out of order, unknown header elements. Hands each
 * MeterReading to the sink as soon as it is complete. Not thread-safe; one instance serves one document.
 */
public final class MeterReadingsReader {
    private static final Set<String> VERBS = Set.of("created", "create", "reply", "changed", "change", "");
    private static final String NOUN = "MeterReadings";
    private static final int MAX_HEADER_TEXT = 512;
    private static final int MAX_PROPERTIES = 100;

    private final XmlCursor in;
    private final XmlLimits limits;
    private final boolean validate;
    private final Qualities qualities;
    private final Sink sink;
    private final MeterReadingParser parser;
    private boolean payloadSeen;

    /** Takes what the document holds, in the document's order. */
    public interface Sink {
        /** Comes first; not at all when the document has no header. */
        void header(MessageHeader header) throws CimException;

        void meterReading(MeterReading reading) throws CimException;
    }

    private MeterReadingsReader(XmlCursor in, XmlLimits limits, boolean validate, Qualities qualities, Sink sink) {
        this.in = in;
        this.limits = limits;
        this.validate = validate;
        this.qualities = qualities;
        this.sink = sink;
        this.parser = new MeterReadingParser(in, limits, qualities);
    }

    /**
     * Reads one document to its end.
     *
     * @param source not closed
     * @param validate whether the payload must be valid against our schema (in its tolerant form)
     * @throws CimException when the document is not well-formed, not valid, beyond a limit, of a wrong verb or noun, or
     *     without readings ({@link CimException#NO_TYPE})
     * @throws java.io.UncheckedIOException when the source failed
     */
    public static void read(InputStream source, XmlLimits limits, boolean validate, Qualities qualities, Sink sink)
            throws CimException {
        XmlCursor in = new XmlCursor(source, limits);
        MeterReadingsReader reader = new MeterReadingsReader(in, limits, validate, qualities, sink);
        in.root();
        reader.element();
        in.finish();
        if (!reader.payloadSeen) {
            throw new CimException(CimException.NO_TYPE, "no load profile and no registers in the document");
        }
    }

    /** Looks for header and payload, through whatever wraps them. */
    private void element() throws CimException {
        String name = in.name();
        String namespace = in.namespace();
        if (name.equals(NOUN) && namespace.equals(Namespaces.METER_READINGS)) {
            payload();
        } else if (name.equals("Header") && namespace.equals(Namespaces.MESSAGE)) {
            header();
        } else if (name.equals("Compressed") && namespace.equals(Namespaces.MESSAGE)) {
            compressed();
        } else if (Wrapper.is(name, namespace)) {
            while (in.child()) {
                element();
            }
        } else {
            in.skip();
        }
    }

    /** The payload as gzip in text form: a document of its own, under the same limits. */
    private void compressed() throws CimException {
        XmlCursor inner = new XmlCursor(Compressed.open(in), limits);
        MeterReadingsReader reader = new MeterReadingsReader(inner, limits, validate, qualities, sink);
        inner.root();
        if (!inner.name().equals(NOUN) || !inner.namespace().equals(Namespaces.METER_READINGS)) {
            throw new CimException(CimException.NO_TYPE, "Compressed holds " + inner.name() + ", no MeterReadings");
        }
        reader.payload();
        inner.finish();
        payloadSeen = true;
    }

    private void header() throws CimException {
        Map<String, String> fields = new HashMap<>();
        Map<String, String> properties = new LinkedHashMap<>();
        while (in.child()) {
            String name = in.name();
            switch (name) {
                case "Verb", "Noun", "Timestamp", "Source", "MessageID", "CorrelationID" ->
                    fields.put(name, text(name));
                case "Property" -> property(properties);
                default -> in.skip();
            }
        }
        String verb = fields.getOrDefault("Verb", "").toLowerCase(Locale.ROOT);
        String noun = fields.getOrDefault("Noun", "");
        CimTime time = new CimTime(java.time.ZoneOffset.UTC);
        char[] stamp = fields.getOrDefault("Timestamp", "").toCharArray();
        long at = time.parse(stamp, stamp.length);
        MessageHeader header = new MessageHeader(
                verb,
                noun,
                at == CimTime.NONE ? Optional.empty() : Optional.of(java.time.Instant.ofEpochSecond(at)),
                fields.getOrDefault("Source", ""),
                fields.getOrDefault("MessageID", ""),
                fields.getOrDefault("CorrelationID", ""),
                properties);
        check(header);
        sink.header(header);
    }

    private static void check(MessageHeader header) throws CimException {
        boolean typed = dataType(header).isPresent();
        if (!header.noun().isEmpty() && !header.noun().equals(NOUN)) {
            if (typed) {
                throw new CimException(
                        CimException.NOUN, "noun MeterReadings expected with a DataType, got " + header.noun());
            }
            throw new CimException(
                    CimException.NO_TYPE, header.noun() + " holds neither load profile nor registers (R67)");
        }
        if (!VERBS.contains(header.verb())) {
            throw new CimException(CimException.VERB, "verb created or reply expected, got " + header.verb());
        }
    }

    /** Our own identifier of what a message carries, if it has one that we know. */
    public static Optional<DataType> dataType(MessageHeader header) {
        return header.property(MessageHeader.DATA_TYPE).flatMap(text -> {
            for (DataType type : DataType.values()) {
                if (type.name().equalsIgnoreCase(text)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        });
    }

    private void property(Map<String, String> properties) throws CimException {
        String name = "";
        String value = "";
        while (in.child()) {
            switch (in.name()) {
                case "Name" -> name = text("Property/Name");
                case "Value" -> value = text("Property/Value");
                default -> in.skip();
            }
        }
        if (properties.size() >= MAX_PROPERTIES) {
            throw new CimException(CimException.TOO_MANY, "more than " + MAX_PROPERTIES + " header properties");
        }
        properties.put(name, value);
    }

    private String text(String what) throws CimException {
        String text = in.leafText();
        if (text.length() > MAX_HEADER_TEXT) {
            throw new CimException(
                    CimException.SCHEMA, what + " has " + text.length() + " characters, at most " + MAX_HEADER_TEXT);
        }
        return text;
    }

    private void payload() throws CimException {
        payloadSeen = true;
        if (validate) {
            in.validate(Schemas.tolerant(NOUN));
        }
        while (in.child()) {
            if (in.name().equals("MeterReading")) {
                sink.meterReading(parser.parse());
            } else {
                in.skip();
            }
        }
    }
}
