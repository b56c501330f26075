package org.telar.concentrator.internal.load;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.acquisition.LocalDays;
import org.telar.api.meter.Meter;
import org.telar.api.model.MeterId;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;

/**
 * Closings that a meter was asked for and does not hold (it was installed later, its buffer wrapped): not asked again
 * by this process. Forgotten at a restart, when they are asked for once more. Thread-safe.
 */
public final class AbsentClosings {
    private final Map<MeterId, Set<Instant>> absent = new ConcurrentHashMap<>();

    /** Stamps that need not be asked for. */
    public Set<Instant> of(MeterId meter) {
        return absent.getOrDefault(meter, Set.of());
    }

    /** @param passed what the meter's clock had passed: a later closing is still to come, not absent */
    void asked(Meter meter, List<TimeRange> ranges, List<RegisterSet> got, Instant passed) {
        for (TimeRange range : ranges) {
            LocalDate day = LocalDays.dayOf(range.to(), meter.zone());
            for (Instant stamp = LocalDays.start(day, meter.zone());
                    range.contains(stamp);
                    day = day.minusDays(1), stamp = LocalDays.start(day, meter.zone())) {
                Instant wanted = stamp;
                boolean here = got.stream().anyMatch(s -> s.stamp().equals(wanted));
                if (!here && !stamp.isAfter(passed)) {
                    absent.computeIfAbsent(meter.id(), m -> ConcurrentHashMap.newKeySet())
                            .add(stamp);
                }
            }
        }
    }
}
