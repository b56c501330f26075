package org.telar.collector.alarms;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.platform.TableFile;

/** Which event raises or clears which alarm. Immutable. */
final class AlarmTable {
    private static final String RESOURCE = "/alarms/alarms.csv";
    private static final String HEADER = "event,action,alarm,severity,subject";

    /** @param severity empty: the event's own */
    record Rule(boolean raises, String alarm, Optional<Severity> severity, String subject) {}

    private final Map<String, Rule> byEvent = new HashMap<>();
    private final Set<String> clearable = new HashSet<>();

    /** @throws IllegalArgumentException naming file, line and what was expected */
    AlarmTable(Optional<Path> override) {
        List<TableFile.Line> lines = TableFile.read(override, RESOURCE, HEADER);
        for (TableFile.Line line : lines) {
            List<String> f = line.fields();
            if (!f.get(0).matches("[A-Z0-9_]{1,64}") || !f.get(2).matches("[A-Z0-9_]{1,64}")) {
                throw line.broken("event and alarm are 1 to 64 capital letters, digits and underscores, got \""
                        + f.get(0) + "\" and \"" + f.get(2) + "\"");
            }
            if (!f.get(1).equals("RAISE") && !f.get(1).equals("CLEAR")) {
                throw line.broken("action is RAISE or CLEAR, got \"" + f.get(1) + "\"");
            }
            boolean raises = f.get(1).equals("RAISE");
            Rule rule = new Rule(raises, f.get(2), severity(line, f.get(3)), f.get(4));
            if (byEvent.put(f.get(0), rule) != null) {
                throw line.broken("event " + f.get(0) + " has a line already");
            }
            if (!raises) {
                clearable.add(rule.alarm());
            }
        }
    }

    static Optional<Severity> severity(TableFile.Line line, String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Severity.valueOf(text));
        } catch (IllegalArgumentException e) {
            throw line.broken("severity is INFO, WARNING, CRITICAL or empty, got \"" + text + "\"");
        }
    }

    Optional<Rule> of(String event) {
        return Optional.ofNullable(byEvent.get(event));
    }

    /** Whether an event can end it; what nothing ends is ended by its acknowledgement. */
    boolean clearsItself(String alarm) {
        return clearable.contains(alarm);
    }
}
