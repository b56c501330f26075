package org.telar.meter.dlms.internal;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What went wrong on the lines since the driver exists, by kind (F24). Thread-safe. */
final class LinkCounters {
    /** What is counted. */
    enum Kind {
        /** Bytes that belonged to no frame of ours: noise, echoes, broken frames. */
        NOISE_BYTES,
        /** Frames and requests sent once more. */
        RESENT,
        /** Answers that came again, or late, and were passed over. */
        STALE_ANSWERS,
        /** Answers that were refused: broken, undecipherable, below the policy. */
        REFUSED_ANSWERS,
        /** Requests without an answer in time. */
        SILENT,
        /** Invocation counters that had to be asked of the meter (D8). */
        COUNTER_RESYNCS,
        PUSHES
    }

    private final Map<Kind, LongAdder> counters = new EnumMap<>(Kind.class);

    LinkCounters() {
        for (Kind kind : Kind.values()) {
            counters.put(kind, new LongAdder());
        }
    }

    void add(Kind kind, long count) {
        counters.get(kind).add(count);
    }

    Map<String, Long> byName() {
        Map<String, Long> all = new TreeMap<>();
        counters.forEach((kind, n) -> all.put(kind.name().toLowerCase(Locale.ROOT), n.sum()));
        return all;
    }
}
