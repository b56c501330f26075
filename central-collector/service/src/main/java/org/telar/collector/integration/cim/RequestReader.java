package org.telar.collector.integration.cim;

import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads a request as real senders write it: plain or in SOAP 1.1 and 1.2, any of the older namespaces, {@code
 * <Noun>Message} roots, the payload in Request or Payload, verbs in any case, elements out of order, unknown header
 * elements. The payload must be valid against our schema in its tolerant form. Not thread-safe; serves one document.
 */
public final class RequestReader {
    private static final int MAX_TEXT = 512;
    private static final int MAX_LIST = 1_000;
    private static final Set<String> PAYLOADS = Set.of("GetMeterReadings", "MeterReadSchedule", "MeterConfig");

    private final XmlLimits limits;
    private final int maximumMeters;
    private final CimTime time = new CimTime(ZoneOffset.UTC);
    private final Map<String, String> header = new TreeMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Map<String, String> options = new TreeMap<>();
    private final List<String> ids = new ArrayList<>();
    private Optional<Instant> start = Optional.empty();
    private Optional<Instant> end = Optional.empty();
    private CimRequest.Wrap wrap = CimRequest.Wrap.PLAIN;
    private boolean headerSeen;
    private Optional<CimRequest.Ask> ask = Optional.empty();

    private RequestReader(XmlLimits limits, int maximumMeters) {
        this.limits = limits;
        this.maximumMeters = maximumMeters;
    }

    /** A document that cannot be taken, with as much of its header as could be read: enough for an answer, perhaps. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Optional<CimRequest> partial;
        private final CimRequest.Wrap wrap;

        Refused(CimException cause, Optional<CimRequest> partial, CimRequest.Wrap wrap) {
            super(cause.getMessage(), cause);
            this.partial = partial;
            this.wrap = wrap;
        }

        public String code() {
            return ((CimException) getCause()).code();
        }

        /** Header and no payload; empty when there was none. */
        public Optional<CimRequest> partial() {
            return partial;
        }

        public CimRequest.Wrap wrap() {
            return wrap;
        }
    }

    /**
     * @param source not closed
     * @param maximumMeters more are refused (3.1)
     * @throws java.io.UncheckedIOException when the source failed
     */
    public static CimRequest read(InputStream source, XmlLimits limits, int maximumMeters) throws Refused {
        RequestReader reader = new RequestReader(limits, maximumMeters);
        try {
            XmlCursor in = new XmlCursor(source, limits);
            in.root();
            reader.element(in);
            in.finish();
            reader.check();
            return reader.request();
        } catch (CimException e) {
            throw new Refused(e, reader.headerSeen ? Optional.of(reader.request()) : Optional.empty(), reader.wrap);
        }
    }

    private void element(XmlCursor in) throws CimException {
        String name = in.name();
        String namespace = in.namespace();
        boolean message = namespace.equals(Namespaces.MESSAGE);
        if (Wrapper.soap(namespace) && name.equals("Envelope")) {
            wrap = namespace.equals(Wrapper.SOAP11) ? CimRequest.Wrap.SOAP11 : CimRequest.Wrap.SOAP12;
        }
        if (PAYLOADS.contains(name) && namespace.equals(Namespaces.of(name))) {
            payload(in, name);
        } else if (name.equals("Header") && message) {
            header(in);
        } else if (name.equals("Request") && message) {
            request(in);
        } else if (name.equals("Compressed") && message) {
            XmlCursor inner = new XmlCursor(Compressed.open(in), limits);
            inner.root();
            element(inner);
            inner.finish();
        } else if (name.equals("ID") && message) {
            id(in);
        } else if (Wrapper.is(name, namespace)) {
            while (in.child()) {
                element(in);
            }
        } else {
            in.skip();
        }
    }

    private void header(XmlCursor in) throws CimException {
        headerSeen = true;
        while (in.child()) {
            switch (in.name()) {
                case "Verb",
                        "Noun",
                        "Timestamp",
                        "Source",
                        "MessageID",
                        "CorrelationID",
                        "ReplyAddress",
                        "AsyncReplyFlag" -> header.put(in.name(), text(in));
                case "User" -> user(in);
                case "Property" -> pair(in, properties, "Name", "Value");
                default -> in.skip();
            }
        }
    }

    private void user(XmlCursor in) throws CimException {
        while (in.child()) {
            if (in.name().equals("UserID")) {
                header.put("UserID", text(in));
            } else {
                in.skip();
            }
        }
    }

    private void request(XmlCursor in) throws CimException {
        while (in.child()) {
            switch (in.name()) {
                case "StartTime" -> start = Optional.of(time(in));
                case "EndTime" -> end = Optional.of(time(in));
                case "Option" -> pair(in, options, "name", "value");
                default -> element(in);
            }
        }
    }

    private void id(XmlCursor in) throws CimException {
        bounded(ids);
        ids.add(text(in));
    }

    private void pair(XmlCursor in, Map<String, String> into, String nameTag, String valueTag) throws CimException {
        String name = "";
        String value = "";
        while (in.child()) {
            if (in.name().equalsIgnoreCase(nameTag)) {
                name = text(in);
            } else if (in.name().equalsIgnoreCase(valueTag)) {
                value = text(in);
            } else {
                in.skip();
            }
        }
        if (into.size() >= MAX_LIST) {
            throw new CimException(CimException.TOO_MANY, "more than " + MAX_LIST + " options" + in.where());
        }
        into.put(name, value);
    }

    private void payload(XmlCursor in, String name) throws CimException {
        if (ask.isPresent()) {
            throw new CimException(CimException.TOO_MANY, "a second payload, " + name + in.where());
        }
        in.validate(Schemas.tolerant(name));
        PayloadParser parser = new PayloadParser(in, time, maximumMeters);
        ask = Optional.of(
                switch (name) {
                    case "GetMeterReadings" -> parser.readings();
                    case "MeterReadSchedule" -> parser.schedule();
                    default -> parser.config();
                });
    }

    private void check() throws CimException {
        if (!headerSeen) {
            throw new CimException(CimException.HEADER, "no Header in the document");
        }
        for (String needed : List.of("Verb", "Noun", "MessageID")) {
            if (header.getOrDefault(needed, "").isEmpty()) {
                throw new CimException(CimException.HEADER, "the header has no " + needed);
            }
        }
    }

    private CimRequest request() {
        char[] stamp = header.getOrDefault("Timestamp", "").toCharArray();
        long at = time.parse(stamp, stamp.length);
        MessageHeader known = new MessageHeader(
                header.getOrDefault("Verb", "").toLowerCase(Locale.ROOT),
                header.getOrDefault("Noun", ""),
                at == CimTime.NONE ? Optional.empty() : Optional.of(Instant.ofEpochSecond(at)),
                header.getOrDefault("Source", ""),
                header.getOrDefault("MessageID", ""),
                header.getOrDefault("CorrelationID", ""),
                properties);
        Map<String, String> all = new TreeMap<>(properties);
        all.putAll(options);
        return new CimRequest(
                known,
                header.getOrDefault("ReplyAddress", ""),
                header.getOrDefault("UserID", ""),
                wrap,
                start,
                end,
                all,
                List.copyOf(ids),
                ask.orElseGet(CimRequest.Nothing::new));
    }

    private Instant time(XmlCursor in) throws CimException {
        return PayloadParser.time(in, time);
    }

    private static void bounded(List<?> list) throws CimException {
        if (list.size() >= MAX_LIST) {
            throw new CimException(CimException.TOO_MANY, "more than " + MAX_LIST + " ID elements");
        }
    }

    private static String text(XmlCursor in) throws CimException {
        String name = in.name();
        String text = in.leafText();
        if (text.length() > MAX_TEXT) {
            throw new CimException(
                    CimException.SCHEMA, name + " has " + text.length() + " characters, at most " + MAX_TEXT);
        }
        return text;
    }
}
