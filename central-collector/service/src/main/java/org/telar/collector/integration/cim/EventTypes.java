package org.telar.collector.integration.cim;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.collector.platform.TableFile;

/**
 * The table event → EndDeviceEventType, which a utility may replace: our own event codes, and {@code dlms:N} for the
 * codes of a meter's logs (DLMS UA / DSMR). An event without a line goes out as {@code other} says. Thread-safe.
 */
public final class EventTypes {
    private static final String RESOURCE = "/cim/event-types.csv";
    private static final String OTHER = "other";
    private static final String CLEARED = "28";
    private static final String TYPE = "\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}";

    private final Map<String, Optional<EventType>> types = new HashMap<>();

    /**
     * @param code {@code type.domain.subDomain.eventOrAction}
     * @param reason what it says to a person; empty: the event's own text alone
     */
    public record EventType(String code, String reason) {
        /** The same with its last field saying that the cause has gone. */
        public EventType cleared() {
            return new EventType(code.substring(0, code.lastIndexOf('.') + 1) + CLEARED, reason);
        }
    }

    /** @throws IllegalArgumentException naming file and line when the table is broken */
    public EventTypes(Optional<Path> override) {
        List<TableFile.Line> lines = TableFile.read(override, RESOURCE, "event,type,reason");
        for (TableFile.Line line : lines) {
            String event = line.fields().get(0).strip();
            String type = line.fields().get(1).strip();
            if (!event.matches("[A-Z][A-Z0-9_]*|dlms:\\d{1,5}|other")) {
                throw line.broken("an event code, dlms:N or other expected, got " + event);
            }
            if (!type.equals("-") && !type.matches(TYPE)) {
                throw line.broken("a type is four numbers with points between them, or -, got " + type);
            }
            Optional<EventType> known = type.equals("-")
                    ? Optional.empty()
                    : Optional.of(new EventType(type, line.fields().get(2).strip()));
            if (types.put(event, known) != null) {
                throw line.broken("event " + event + " has a line already");
            }
        }
        if (!types.containsKey(OTHER)) {
            throw new IllegalArgumentException(
                    override.map(Path::toString).orElse(RESOURCE) + ": the line \"other\" is needed");
        }
    }

    /**
     * @param dlms code of the meter's own log; empty when the event has none
     * @return empty when the table says that the event does not leave the house
     */
    public Optional<EventType> of(String event, String dlms) {
        Optional<EventType> byDlms = dlms.isEmpty() ? null : types.get("dlms:" + dlms);
        Optional<EventType> found = byDlms == null ? types.get(event) : byDlms;
        return found == null ? types.get(OTHER) : found;
    }
}
