package org.telar.concentrator.internal.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.acquisition.LocalDays;
import org.telar.api.meter.Meter;
import org.telar.api.model.MeterId;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.platform.DurableFile;

/**
 * Closings that a meter was asked for and does not hold (it was installed later, its buffer wrapped): not asked for again,
 * also after a restart. Thread-safe.
 */
public final class AbsentClosings {
    private static final Logger LOG = LoggerFactory.getLogger(AbsentClosings.class);

    private final Path file;
    private final Map<MeterId, Set<Instant>> absent = new TreeMap<>();
    private boolean dirty;

    /** @param file where it is remembered */
    public AbsentClosings(Path file) {
        this.file = file;
        try {
            DurableFile.read(file).ifPresent(text -> text.lines().forEach(this::restore));
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            // Costs one more question a meter.
            LOG.warn("Closings that meters do not hold are not known any more: {}", e.getMessage());
            absent.clear();
        }
    }

    private void restore(String line) {
        String[] cells = line.split(",");
        Set<Instant> stamps = absent.computeIfAbsent(new MeterId(cells[0]), m -> new TreeSet<>());
        for (int i = 1; i < cells.length; i++) {
            stamps.add(Instant.parse(cells[i]));
        }
    }

    /** Stamps that need not be asked for. */
    public synchronized Set<Instant> of(MeterId meter) {
        return Set.copyOf(absent.getOrDefault(meter, Set.of()));
    }

    /** Another device has the number, or none: what the old one did not hold says nothing. */
    public synchronized void forget(MeterId meter) {
        dirty |= absent.remove(meter) != null;
    }

    /** @param passed what the meter's clock had passed: a later closing is still to come, not absent */
    synchronized void asked(Meter meter, List<TimeRange> ranges, List<RegisterSet> got, Instant passed) {
        for (TimeRange range : ranges) {
            LocalDate day = LocalDays.dayOf(range.to(), meter.zone());
            for (Instant stamp = LocalDays.start(day, meter.zone());
                    range.contains(stamp);
                    day = day.minusDays(1), stamp = LocalDays.start(day, meter.zone())) {
                Instant wanted = stamp;
                boolean here = got.stream().anyMatch(s -> s.stamp().equals(wanted));
                if (!here && !stamp.isAfter(passed)) {
                    dirty |= absent.computeIfAbsent(meter.id(), m -> new TreeSet<>())
                            .add(stamp);
                }
            }
        }
    }

    /**
     * Writes it down when it has changed. Called by housekeeping.
     *
     * @param oldest stamps before it are never asked for and need not be remembered
     */
    public synchronized void save(Instant oldest) {
        if (!dirty) {
            return;
        }
        StringBuilder text = new StringBuilder();
        absent.forEach((meter, stamps) -> {
            stamps.removeIf(oldest::isAfter);
            if (!stamps.isEmpty()) {
                text.append(meter);
                stamps.forEach(s -> text.append(',').append(s));
                text.append('\n');
            }
        });
        try {
            DurableFile.write(file, text.toString());
            dirty = false;
        } catch (IOException e) {
            LOG.warn("Closings that meters do not hold are not on disk, tried again later: {}", e.toString());
        }
    }
}
