package org.telar.collector.validation;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code telar.validation.*}. Flags tell; none of them holds a reading back.
 *
 * @param spikeFactor times the median of the day's positive increments
 * @param spikeFloor Wh or varh in an hour: below that nothing is a spike
 * @param futureTolerance by which an interval may end after it was read
 * @param sumShare of the closings' difference that the sum of increments may be off
 * @param sumUnits of the coarser resolution that it may be off besides: increments are rounded one by one
 * @param gapDays gaps are followed so many days back
 */
@ConfigurationProperties("telar.validation")
public record ValidationSettings(
        @DefaultValue("20") double spikeFactor,
        @DefaultValue("10000") double spikeFloor,
        @DefaultValue("5m") Duration futureTolerance,
        @DefaultValue("0.001") double sumShare,
        @DefaultValue("12") int sumUnits,
        @DefaultValue("60") int gapDays) {
    public ValidationSettings {
        if (spikeFactor < 2 || spikeFloor < 0 || futureTolerance.isNegative() || sumShare < 0 || sumUnits < 0) {
            throw new IllegalArgumentException(
                    "telar.validation: spike-factor is 2 or more, the other limits are not negative");
        }
        if (gapDays < 1 || gapDays > 400) {
            throw new IllegalArgumentException("telar.validation.gap-days is 1 to 400, got " + gapDays);
        }
    }

    /** What a site that says nothing gets. */
    public static ValidationSettings standard() {
        return new ValidationSettings(20, 10_000, Duration.ofMinutes(5), 0.001, 12, 60);
    }
}
