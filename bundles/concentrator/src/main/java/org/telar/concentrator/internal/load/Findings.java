package org.telar.concentrator.internal.load;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.meter.Finding;
import org.telar.api.model.MeterId;
import org.telar.api.platform.EventSink;

/** Turns what a driver noticed into events, each kind of a meter at most once a day (F27, F28). Thread-safe. */
public final class Findings {
    private static final Duration REMIND = Duration.ofHours(20);

    private final EventSink events;
    private final Clock clock;
    private final Map<String, Instant> told = new ConcurrentHashMap<>();

    public Findings(EventSink events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    void noticed(MeterId meter, List<Finding> findings) {
        Instant now = clock.instant();
        for (Finding finding : findings) {
            String key = meter + " " + finding.code();
            Instant last = told.get(key);
            // An event without time is told nowhere else.
            boolean always = finding.code() == Finding.Code.EVENT_WITHOUT_TIME;
            if (always || last == null || Duration.between(last, now).abs().compareTo(REMIND) > 0) {
                told.put(key, now);
                events.event(
                        finding.code().name(), EventSink.Severity.WARNING, meter.number(), finding.text(), Map.of());
            }
        }
    }
}
