package org.telar.collector.plans;

import java.time.Instant;

/**
 * When a plan may work: from {@code from} to before {@code to}, UTC.
 *
 * @param from inclusive
 * @param to exclusive
 */
public record Window(Instant from, Instant to) {
    boolean holds(Instant at) {
        return !at.isBefore(from) && at.isBefore(to);
    }
}
