package org.telar.concentrator.internal.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.api.meter.Meter;
import org.telar.api.model.MeterId;

/**
 * The meters of this concentrator in the table's order. Immutable.
 *
 * @param problems one sentence for every line that was left out: file, line, column, what was expected
 */
public record MeterTable(Map<MeterId, MeterEntry> entries, List<String> problems) {
    public static final MeterTable EMPTY = new MeterTable(Map.of(), List.of());

    public MeterTable {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        problems = List.copyOf(problems);
    }

    public Optional<MeterEntry> find(MeterId meter) {
        return Optional.ofNullable(entries.get(meter));
    }

    public Collection<MeterEntry> all() {
        return entries.values();
    }

    /** Meters that are read. */
    public List<Meter> commissioned() {
        List<Meter> meters = new ArrayList<>();
        for (MeterEntry e : entries.values()) {
            if (e.state() == MeterState.COMMISSIONED) {
                meters.add(e.meter());
            }
        }
        return meters;
    }

    /** The meter that a given identity belongs to, to tell swapped addresses from a replaced meter (D1). */
    public Optional<MeterEntry> byIdentity(String identity) {
        return entries.values().stream()
                .filter(e -> e.meter().identity().equals(identity))
                .findFirst();
    }
}
