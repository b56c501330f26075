package org.telar.collector.alarms;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.api.model.Obis;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.platform.TableFile;

/** What the bits of status words and alarm registers mean, by model (D16). Immutable. */
final class StatusBits {
    private static final String RESOURCE = "/alarms/status-bits.csv";
    private static final String HEADER = "model,object,bit,alarm,severity,english,spanish";
    private static final String EVERY = "*";
    private static final int HIGHEST_BIT = 62;

    record Meaning(String alarm, Severity severity, String english, String spanish) {}

    private record Place(String model, String object, int bit) {}

    private final Map<Place, Meaning> byPlace = new HashMap<>();

    /** @throws IllegalArgumentException naming file, line and what was expected */
    StatusBits(Optional<Path> override) {
        for (TableFile.Line line : TableFile.read(override, RESOURCE, HEADER)) {
            List<String> f = line.fields();
            Place place = new Place(f.get(0), object(line, f.get(1)), bit(line, f.get(2)));
            if (!f.get(3).matches("[A-Z0-9_]{1,64}")) {
                throw line.broken("alarm is 1 to 64 capital letters, digits and underscores, got \"" + f.get(3) + "\"");
            }
            Severity severity = AlarmTable.severity(line, f.get(4))
                    .orElseThrow(() -> line.broken("severity is INFO, WARNING or CRITICAL, got nothing"));
            if (byPlace.put(place, new Meaning(f.get(3), severity, f.get(5), f.get(6))) != null) {
                throw line.broken("bit " + place.bit() + " of " + place.object() + " has a line for model "
                        + place.model() + " already");
            }
        }
    }

    private static String object(TableFile.Line line, String text) {
        try {
            return Obis.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw line.broken("object is an OBIS code such as 0.0.97.98.0.255, got \"" + text + "\"");
        }
    }

    private static int bit(TableFile.Line line, String text) {
        if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) > HIGHEST_BIT) {
            throw line.broken("bit is 0 to " + HIGHEST_BIT + ", got \"" + text + "\"");
        }
        return Integer.parseInt(text);
    }

    Optional<Meaning> of(String model, String object, int bit) {
        return Optional.ofNullable(byPlace.get(new Place(model, object, bit)))
                .or(() -> Optional.ofNullable(byPlace.get(new Place(EVERY, object, bit))));
    }
}
