package org.telar.meter.iec21.internal;

import java.time.Duration;
import java.time.Instant;

/** The meter's clock out of its date (0.9.2) and time (0.9.1), and what its distance from the host's clock tells. */
final class MeterClock {
    private static final Duration NEAR = Duration.ofMinutes(5);
    private static final Duration WIDEST_OFFSET = Duration.ofHours(15);

    private MeterClock() {}

    /**
     * Puts date and time together. In the repeated hour of a clock without season digit the instant nearer to the
     * host's clock is taken.
     *
     * @param date {@code YYMMDD}, with a season digit or separators where the make has them
     * @param time {@code hhmmss}, the same
     * @throws IllegalArgumentException when they are no date and time
     */
    static Instant of(MeterTime convention, String date, String time, Instant host) {
        String day = digits(date);
        String clock = digits(time);
        boolean seasonInDate = day.length() == 7;
        boolean seasonInTime = clock.length() == 7;
        String season = seasonInTime ? clock.substring(0, 1) : seasonInDate ? day.substring(0, 1) : "";
        String stamp = season + day.substring(seasonInDate ? 1 : 0) + clock.substring(seasonInTime ? 1 : 0);
        Instant first = convention.parse(stamp, Instant.MIN).at();
        Instant second = convention.parse(stamp, first).at();
        boolean secondIsNearer = Duration.between(second, host)
                        .abs()
                        .compareTo(Duration.between(first, host).abs())
                < 0;
        return secondIsNearer ? second : first;
    }

    private static String digits(String text) {
        return text.replaceAll("[-:./ ]", "");
    }

    /**
     * True when the meter's clock is off by whole hours, as by a wrong time convention or zone in the meter table and
     * hardly by drift: then its stamps cannot be trusted (D3). A host in 1970 says nothing about the meter.
     */
    static boolean offByWholeHours(Instant meter, Instant host) {
        Duration off = Duration.between(host, meter).abs();
        if (off.compareTo(WIDEST_OFFSET) > 0) {
            return false;
        }
        long nearest = off.plusMinutes(30).toHours();
        return nearest > 0 && off.minusHours(nearest).abs().compareTo(NEAR) <= 0;
    }
}
