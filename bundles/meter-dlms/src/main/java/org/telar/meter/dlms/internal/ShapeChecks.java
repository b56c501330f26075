package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;

/**
 * Until when each meter's profiles are known to have the shape that is remembered for its model. A profile is emptied
 * when its capture objects or its period change (IEC 62056-62 §4.3.6), so a row from before the last look proves that
 * nothing changed since, at the price of one row; without such a row, and once a week, the meter is asked. Thread-safe.
 */
final class ShapeChecks {
    private static final Duration BELIEVED = Duration.ofDays(7);

    private record Key(MeterId meter, Obis profile) {}

    /**
     * @param asked when the meter itself told its shape
     * @param seen when a row showed that it still holds
     */
    private record Check(String shape, Instant asked, Instant seen) {}

    private final Map<Key, Check> checks = new ConcurrentHashMap<>();
    private final Map<String, Set<MeterId>> holders = new ConcurrentHashMap<>();

    /** When the shape last was right, by the meter's clock; empty when it has to be asked. */
    Optional<Instant> seen(MeterId meter, ProfileShape shape) {
        Check check = checks.get(new Key(meter, shape.profile()));
        boolean usable = check != null
                && !shape.period().isZero()
                && check.shape().equals(shape.text())
                && check.seen().isBefore(check.asked().plus(BELIEVED));
        return usable ? Optional.of(check.seen()) : Optional.empty();
    }

    /** The meter told its shape. */
    void asked(MeterId meter, ProfileShape shape, Instant now) {
        checks.put(new Key(meter, shape.profile()), new Check(shape.text(), now, now));
        holders.compute(shape.text(), (text, meters) -> {
            Set<MeterId> all = meters == null ? ConcurrentHashMap.newKeySet() : meters;
            all.add(meter);
            return all;
        });
    }

    /** A row from before proved it. */
    void proved(MeterId meter, ProfileShape shape, Instant now) {
        checks.computeIfPresent(
                new Key(meter, shape.profile()),
                (k, c) -> c.seen().isBefore(now) ? new Check(c.shape(), c.asked(), now) : c);
    }

    /** The meter's profile has another shape now. */
    void changed(MeterId meter, ProfileShape shape) {
        checks.remove(new Key(meter, shape.profile()));
        holders.computeIfPresent(shape.text(), (text, meters) -> {
            meters.remove(meter);
            return meters.isEmpty() ? null : meters;
        });
    }

    /** Whether other meters told this very shape, so that one meter alone does not change what the model is like. */
    boolean isOfOthers(MeterId meter, ProfileShape shape) {
        return holders.getOrDefault(shape.text(), Set.of()).stream().anyMatch(m -> !m.equals(meter));
    }
}
