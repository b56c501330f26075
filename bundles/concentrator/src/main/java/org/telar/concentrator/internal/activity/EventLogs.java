package org.telar.concentrator.internal.activity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.LogRange;
import org.telar.api.model.MeterEvent;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.api.platform.DurableFile;
import org.telar.api.platform.EventSink.Severity;
import org.telar.contract.Event;

/**
 * How far each event log of each meter has been read: the time of the newest event, and the events of the last hour before
 * it, which are asked for once more, because a clock that was set back writes older times (R89). Survives a restart; what it
 * forgot, the centre knows again by the events' ids. Thread-safe.
 */
public final class EventLogs {
    /** Code of the event that carries a row of a log. */
    public static final String CODE = "METER_LOG_EVENT";

    private static final Logger LOG = LoggerFactory.getLogger(EventLogs.class);
    private static final Duration OVERLAP = Duration.ofHours(1);
    private static final int MOST_IDS = 200;

    private record Mark(Instant newest, Set<String> recent) {}

    private final Path file;
    private final Map<String, Mark> marks = new TreeMap<>();
    private boolean dirty;

    public EventLogs(Path file) {
        this.file = file;
        try {
            DurableFile.read(file).ifPresent(text -> text.lines().forEach(this::restore));
        } catch (IOException | DateTimeException | IndexOutOfBoundsException e) {
            LOG.warn("How far event logs were read is not known any more, they are read again: {}", e.getMessage());
            marks.clear();
        }
    }

    private void restore(String line) {
        String[] cells = line.split(",");
        Set<String> recent = new TreeSet<>(List.of(cells).subList(3, cells.length));
        marks.put(cells[0] + "," + cells[1], new Mark(Instant.parse(cells[2]), recent));
    }

    private static String key(MeterId meter, Obis log) {
        return meter + "," + log;
    }

    /** What is still to be read of a log. @param from where to begin when nothing was read before */
    public synchronized LogRange next(MeterId meter, Obis log, Instant from, Instant now) {
        Mark mark = marks.get(key(meter, log));
        Instant since = mark == null ? from : mark.newest().minus(OVERLAP);
        // A meter whose clock is ahead has events of what is the future here.
        return new LogRange(log, new TimeRange(since.isBefore(now) ? since : now.minus(OVERLAP), now.plus(OVERLAP)));
    }

    /** The rows that are new, as events for the centre. */
    public synchronized List<Event> fresh(MeterId meter, List<MeterEvent> rows) {
        return all(meter, rows).stream().filter(e -> !isKnown(meter, e)).toList();
    }

    private boolean isKnown(MeterId meter, Event event) {
        Mark mark = marks.get(key(meter, Obis.parse(event.detail().get("log"))));
        return mark != null && mark.recent().contains(event.id());
    }

    /**
     * Rows as events for the centre. Their ids follow from meter, log, time, code and occurrence: the same row has the same
     * id whenever it is read.
     */
    static List<Event> all(MeterId meter, List<MeterEvent> rows) {
        Map<String, Integer> occurrences = new HashMap<>();
        List<Event> events = new ArrayList<>();
        for (MeterEvent row : rows) {
            String what = meter + "|" + row.log() + "|" + row.at() + "|" + row.code();
            int occurrence = occurrences.merge(what, 1, Integer::sum);
            String id = UUID.nameUUIDFromBytes((what + "|" + occurrence).getBytes(StandardCharsets.UTF_8))
                    .toString();
            events.add(event(meter, row, id, occurrence));
        }
        return events;
    }

    private static Event event(MeterId meter, MeterEvent row, String id, int occurrence) {
        Map<String, String> detail = new HashMap<>();
        detail.put("log", row.log().toString());
        detail.put("code", Long.toString(row.code()));
        detail.put("occurrence", Integer.toString(occurrence));
        if (!row.more().isEmpty()) {
            detail.put("more", row.more().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        }
        return new Event(
                id,
                row.at().truncatedTo(ChronoUnit.MILLIS),
                CODE,
                Severity.INFO,
                meter.number(),
                "Event log " + row.log() + " of meter " + meter + ": code " + row.code() + ".",
                detail);
    }

    /** The events are in the outbox: they are not sent again. */
    public synchronized void sent(MeterId meter, List<Event> events) {
        for (Event event : events) {
            String key = key(meter, Obis.parse(event.detail().get("log")));
            Mark before = marks.getOrDefault(key, new Mark(event.at(), Set.of()));
            Instant newest = before.newest().isAfter(event.at()) ? before.newest() : event.at();
            Set<String> recent = new TreeSet<>(before.recent());
            if (newest.isAfter(before.newest().plus(OVERLAP)) || recent.size() >= MOST_IDS) {
                recent.clear();
            }
            recent.add(event.id());
            marks.put(key, new Mark(newest, recent));
            dirty = true;
        }
    }

    /** Time of the newest event of a log that was read. */
    public synchronized Optional<Instant> newest(MeterId meter, Obis log) {
        return Optional.ofNullable(marks.get(key(meter, log))).map(Mark::newest);
    }

    /** Another device has the number, or none. */
    public synchronized void forget(MeterId meter) {
        dirty |= marks.keySet().removeIf(key -> key.startsWith(meter + ","));
    }

    /** Writes it down when it has changed. Called by housekeeping. */
    public synchronized void save() {
        if (!dirty) {
            return;
        }
        StringBuilder text = new StringBuilder();
        marks.forEach((key, mark) -> {
            text.append(key).append(',').append(mark.newest());
            mark.recent().forEach(id -> text.append(',').append(id));
            text.append('\n');
        });
        try {
            DurableFile.write(file, text.toString());
            dirty = false;
        } catch (IOException e) {
            LOG.warn("How far event logs were read is not on disk, tried again later: {}", e.toString());
        }
    }
}
