package org.telar.concentrator.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.meter.Meter;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

/**
 * The two paths of a meter (R80): the medium and address of its line in the table, and a second one by the parameters {@code
 * second-medium} and {@code second-address}. A path that failed is left for the other; the first one is tried again after an
 * hour. Thread-safe.
 */
final class Paths {
    private static final long FIRST_AGAIN = Duration.ofHours(1).toNanos();

    /** On the second path since, monotonic nanoseconds. */
    private final Map<MeterId, Long> onSecond = new ConcurrentHashMap<>();

    /** On another medium than the table says: where it joined (D20). */
    private final Map<MeterId, String> roaming = new ConcurrentHashMap<>();

    /** @param medium where it is now; empty when it is at home */
    void roams(Meter meter, Optional<String> medium) {
        medium.ifPresentOrElse(m -> roaming.put(meter.id(), m), () -> roaming.remove(meter.id()));
    }

    void left(Meter meter, String medium) {
        roaming.remove(meter.id(), medium);
    }

    /** The meter as it is reached over its second path; empty when it has none. */
    static Optional<Meter> second(Meter meter) {
        String medium = meter.parameters().getOrDefault("second-medium", "");
        String address = meter.parameters().getOrDefault("second-address", "");
        if (medium.isEmpty() || address.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(on(meter, medium, address));
    }

    private static Meter on(Meter meter, String medium, String address) {
        return new Meter(
                meter.id(),
                meter.driver(),
                meter.model(),
                meter.identity(),
                medium,
                address,
                meter.clientSap(),
                meter.authentication(),
                meter.zone(),
                meter.parameters());
    }

    /** The path to try now. @param firstFaulty the first medium cannot be used at all */
    Meter current(Meter meter, boolean firstFaulty, long now) {
        String joined = roaming.get(meter.id());
        if (joined != null) {
            return on(meter, joined, meter.address());
        }
        Long since = onSecond.get(meter.id());
        boolean second = firstFaulty || since != null && now - since < FIRST_AGAIN;
        return second ? second(meter).orElse(meter) : meter;
    }

    /** The other path. */
    static Optional<Meter> other(Meter meter, Meter tried) {
        return tried.medium().equals(meter.medium()) ? second(meter) : Optional.of(meter);
    }

    /** Failures that the other path may not share. */
    static boolean mayHelp(Ko ko) {
        return ko == Ko.METER_SILENT || ko == Ko.METER_UNREACHABLE || ko == Ko.CONCENTRATOR_FAULT;
    }

    /** The meter was read over a path. @return true when that is another one than before */
    boolean worked(Meter meter, Meter over, long now) {
        if (over.medium().equals(meter.medium())) {
            return onSecond.remove(meter.id()) != null;
        }
        return onSecond.put(meter.id(), now) == null;
    }
}
