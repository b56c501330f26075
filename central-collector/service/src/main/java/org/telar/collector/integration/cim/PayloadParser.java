package org.telar.collector.integration.cim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.collector.integration.cim.CimRequest.Config;
import org.telar.collector.integration.cim.CimRequest.Device;
import org.telar.collector.integration.cim.CimRequest.MeterEntry;
import org.telar.collector.integration.cim.CimRequest.Readings;
import org.telar.collector.integration.cim.CimRequest.Schedule;
import org.telar.collector.integration.cim.CimRequest.Span;
import org.telar.collector.integration.cim.CimRequest.TimeTable;

/** Parses the payloads of requests; the cursor stands on the payload's element. Not thread-safe. */
final class PayloadParser {
    private static final int MAX_NAME = 256;
    private static final int MAX_LIST = 1_000;
    private static final double LONGEST_SECONDS = 4e9;

    private final XmlCursor in;
    private final CimTime time;
    private final int maximumMeters;

    PayloadParser(XmlCursor in, CimTime time, int maximumMeters) {
        this.in = in;
        this.time = time;
        this.maximumMeters = maximumMeters;
    }

    Readings readings() throws CimException {
        List<Device> devices = new ArrayList<>();
        List<String> types = new ArrayList<>();
        List<Span> spans = new ArrayList<>();
        List<String> unsupported = new ArrayList<>();
        while (in.child()) {
            switch (in.name()) {
                case "EndDevice" -> add(devices, maximumMeters, device());
                case "ReadingType" -> add(types, MAX_LIST, readingType());
                case "TimeSchedule", "Reading" -> spans(spans);
                case "ReadingQuality", "MeterReadings" -> in.skip();
                default -> {
                    add(unsupported, MAX_LIST, in.name());
                    in.skip();
                }
            }
        }
        return new Readings(devices, types, spans, unsupported);
    }

    Schedule schedule() throws CimException {
        List<Device> devices = new ArrayList<>();
        List<String> types = new ArrayList<>();
        List<TimeTable> tables = new ArrayList<>();
        List<String> unsupported = new ArrayList<>();
        while (in.child()) {
            switch (in.name()) {
                case "EndDevice" -> add(devices, maximumMeters, device());
                case "ReadingType" -> add(types, MAX_LIST, readingType());
                case "TimeSchedule" -> add(tables, MAX_LIST, table());
                case "CustomerAccount", "CustomerAgreement" -> in.skip();
                default -> {
                    add(unsupported, MAX_LIST, in.name());
                    in.skip();
                }
            }
        }
        return new Schedule(devices, types, tables, unsupported);
    }

    Config config() throws CimException {
        List<MeterEntry> meters = new ArrayList<>();
        while (in.child()) {
            if (in.name().equals("Meter")) {
                add(meters, maximumMeters, meter());
            } else {
                in.skip();
            }
        }
        return new Config(meters);
    }

    private MeterEntry meter() throws CimException {
        Map<String, String> names = new LinkedHashMap<>();
        String mrid = "";
        String serial = "";
        String status = "";
        while (in.child()) {
            switch (in.name()) {
                case "mRID" -> mrid = name();
                case "serialNumber" -> serial = name();
                case "Names" -> {
                    String[] named = names();
                    names.put(named[1].isEmpty() ? "MeterNumber" : named[1], named[0]);
                }
                case "status" -> status = value("value");
                default -> in.skip();
            }
            if (names.size() > MAX_LIST) {
                throw new CimException(CimException.TOO_MANY, "more than " + MAX_LIST + " names" + in.where());
            }
        }
        return new MeterEntry(new Device(names.getOrDefault("MeterNumber", ""), mrid), serial, names, status);
    }

    private Device device() throws CimException {
        String mrid = "";
        String number = "";
        boolean typed = false;
        while (in.child()) {
            switch (in.name()) {
                case "mRID" -> mrid = name();
                case "Names" -> {
                    String[] named = names();
                    boolean meterNumber = named[1].equals("MeterNumber");
                    if (number.isEmpty() || meterNumber && !typed) {
                        number = named[0];
                        typed = meterNumber;
                    }
                }
                default -> in.skip();
            }
        }
        return new Device(number, mrid);
    }

    /** Name and type of the name. */
    private String[] names() throws CimException {
        String[] named = {"", ""};
        while (in.child()) {
            switch (in.name()) {
                case "name" -> named[0] = name();
                case "NameType" -> named[1] = value("name");
                default -> in.skip();
            }
        }
        return named;
    }

    /** Text of the child of that name; empty without one. */
    private String value(String child) throws CimException {
        String value = "";
        while (in.child()) {
            if (in.name().equals(child)) {
                value = name();
            } else {
                in.skip();
            }
        }
        return value;
    }

    private String readingType() throws CimException {
        String ref = in.attribute("ref").orElse("");
        String mrid = "";
        String name = "";
        while (in.child()) {
            switch (in.name()) {
                case "mRID" -> mrid = name();
                case "Names" -> name = names()[0];
                default -> in.skip();
            }
        }
        return !mrid.isEmpty() ? mrid : name.isEmpty() ? ref : name;
    }

    private void spans(List<Span> spans) throws CimException {
        while (in.child()) {
            if (in.name().equals("scheduleInterval") || in.name().equals("timePeriod")) {
                add(spans, MAX_LIST, span());
            } else {
                in.skip();
            }
        }
    }

    private Span span() throws CimException {
        Optional<Instant> from = Optional.empty();
        Optional<Instant> to = Optional.empty();
        while (in.child()) {
            switch (in.name()) {
                case "start" -> from = Optional.of(time(in, time));
                case "end" -> to = Optional.of(time(in, time));
                default -> in.skip();
            }
        }
        return new Span(from, to);
    }

    private TimeTable table() throws CimException {
        boolean disabled = false;
        Duration offset = Duration.ZERO;
        String pattern = "";
        Optional<Duration> period = Optional.empty();
        Span interval = new Span(Optional.empty(), Optional.empty());
        List<Span> windows = new ArrayList<>();
        while (in.child()) {
            switch (in.name()) {
                case "disabled" -> disabled = List.of("true", "1").contains(in.leafText());
                case "offset" -> offset = seconds();
                case "recurrencePattern" -> pattern = name();
                case "recurrencePeriod" -> period = Optional.of(seconds());
                case "scheduleInterval" -> interval = span();
                case "TimePoints" -> points(windows);
                default -> in.skip();
            }
        }
        return new TimeTable(disabled, offset, pattern, period.filter(p -> !p.isZero()), interval, windows);
    }

    private void points(List<Span> windows) throws CimException {
        while (in.child()) {
            if (in.name().equals("window")) {
                add(windows, MAX_LIST, span());
            } else {
                in.skip();
            }
        }
    }

    private Duration seconds() throws CimException {
        String text = in.leafText();
        try {
            double seconds = Double.parseDouble(text);
            if (Math.abs(seconds) <= LONGEST_SECONDS) {
                return Duration.ofMillis(Math.round(seconds * 1000));
            }
        } catch (NumberFormatException e) {
            // told below, with what was expected
        }
        throw new CimException(CimException.SCHEMA, "seconds expected, got \"" + shown(text) + "\"" + in.where());
    }

    static Instant time(XmlCursor in, CimTime time) throws CimException {
        String name = in.name();
        in.leaf();
        long at = time.parse(in.text(), in.length());
        if (at == CimTime.NONE) {
            throw new CimException(
                    CimException.SCHEMA,
                    name + " needs a date, a time and an offset, got \""
                            + new String(in.text(), 0, Math.min(in.length(), 40)) + "\"" + in.where());
        }
        return Instant.ofEpochSecond(at);
    }

    private String name() throws CimException {
        String text = in.leafText();
        if (text.length() > MAX_NAME) {
            throw new CimException(CimException.SCHEMA, "a name has at most " + MAX_NAME + " characters" + in.where());
        }
        return text;
    }

    private static String shown(String text) {
        return text.substring(0, Math.min(text.length(), 40));
    }

    private <T> void add(List<T> list, int most, T item) throws CimException {
        if (list.size() >= most) {
            throw new CimException(CimException.TOO_MANY, "more than " + most + " of them in one request" + in.where());
        }
        list.add(item);
    }
}
