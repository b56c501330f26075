package org.telar.collector.security;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Five failures lock for 15 minutes, each further five for twice as long (S07). */
final class LoginBrake {
    static final int TRIES = 5;
    private static final Duration FIRST = Duration.ofMinutes(15);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final int MOST_SOURCES = 10_000;

    private record Tries(int failures, Instant until) {}

    private final Map<String, Tries> bySource = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
            return size() > MOST_SOURCES;
        }
    };

    /** How long the n-th failure locks; zero when it does not. */
    static Duration lock(int failures) {
        if (failures == 0 || failures % TRIES != 0) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures / TRIES - 1, 10);
        Duration lock = FIRST.multipliedBy(1L << doublings);
        return lock.compareTo(LONGEST) > 0 ? LONGEST : lock;
    }

    synchronized boolean locked(String source, Instant now) {
        Tries tries = bySource.get(source);
        return tries != null && now.isBefore(tries.until());
    }

    synchronized void failed(String source, Instant now) {
        Tries before = bySource.getOrDefault(source, new Tries(0, Instant.MIN));
        int failures = before.failures() + 1;
        bySource.put(source, new Tries(failures, now.plus(lock(failures))));
    }

    synchronized void passed(String source) {
        bySource.remove(source);
    }
}
