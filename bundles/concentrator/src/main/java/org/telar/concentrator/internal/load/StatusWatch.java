package org.telar.concentrator.internal.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.StatusWord;
import org.telar.api.platform.DurableFile;
import org.telar.api.platform.EventSink;

/**
 * Sends a status word or alarm register raw when it has changed, old and new (D16); the centre decodes it by its table.
 * The last words survive a restart. Thread-safe.
 */
public final class StatusWatch {
    public static final String CODE = "METER_STATUS_CHANGED";

    private static final Logger LOG = LoggerFactory.getLogger(StatusWatch.class);

    private final Path file;
    private final EventSink events;
    private final Map<String, Long> last = new TreeMap<>();
    private boolean dirty;

    public StatusWatch(Path file, EventSink events) {
        this.file = file;
        this.events = events;
        try {
            DurableFile.read(file).ifPresent(text -> text.lines().forEach(this::restore));
        } catch (IOException e) {
            // Costs repeated events at most, which the centre raises once.
            LOG.warn("Status words are learned anew: {}", e.getMessage());
        }
    }

    private void restore(String line) {
        String[] cells = line.split(",");
        if (cells.length == 3) {
            last.put(cells[0] + "," + cells[1], Long.parseLong(cells[2]));
        }
    }

    /** Words just read from a meter. */
    public void seen(MeterId meter, List<StatusWord> words) {
        for (StatusWord word : words) {
            changed(meter, word.object(), word.bits());
        }
    }

    /** Another device has the number, or none. */
    public synchronized void forget(MeterId meter) {
        dirty |= last.keySet().removeIf(key -> key.startsWith(meter + ","));
    }

    private void changed(MeterId meter, Obis object, long now) {
        Long before;
        synchronized (this) {
            before = last.put(meter + "," + object, now);
            dirty |= before == null || before != now;
        }
        // A word seen for the first time is a change only when it says something.
        if (before == null ? now != 0 : before != now) {
            events.event(
                    CODE,
                    EventSink.Severity.WARNING,
                    meter.number(),
                    "Word " + object + " of meter " + meter + " is now " + Long.toHexString(now) + " (hex).",
                    Map.of(
                            "object",
                            object.toString(),
                            "old",
                            before == null ? "" : Long.toString(before),
                            "new",
                            Long.toString(now)));
        }
    }

    /** Writes the words down when they have changed. Called by housekeeping. */
    public void save() {
        StringBuilder text = new StringBuilder();
        synchronized (this) {
            if (!dirty) {
                return;
            }
            dirty = false;
            last.forEach(
                    (key, bits) -> text.append(key).append(',').append(bits).append('\n'));
        }
        try {
            DurableFile.write(file, text.toString());
        } catch (IOException e) {
            LOG.warn("Status words are not on disk, tried again later: {}", e.toString());
            synchronized (this) {
                dirty = true;
            }
        }
    }
}
