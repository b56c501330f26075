package org.telar.collector.integration.loader;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;

import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.XmlLimits;

/**
 * @param directory civil time of meters that come in new (D5)
 * @param limits of one file
 * @param retryAfter a failed file comes back after so long (R65)
 * @param maximumAttempts then it is quarantined, with an alarm
 * @param stableFor a foreign file that did not change for so long is taken to be complete
 * @param keepArchive archived files are kept so long
 * @param trustedSources header sources whose meters are entered when they are unknown; those of others are quarantined
 * @param batchValues values held in memory between two writes
 */
public record LoaderSettings(
        MeterDirectory directory,
        XmlLimits limits,
        Duration retryAfter,
        int maximumAttempts,
        Duration stableFor,
        Duration keepArchive,
        Set<String> trustedSources,
        int batchValues) {
    public LoaderSettings {
        trustedSources = Set.copyOf(trustedSources);
    }

    public static LoaderSettings standard(ZoneId zone) {
        return new LoaderSettings(
                MeterDirectory.uniform(zone),
                XmlLimits.DEFAULT,
                Duration.ofHours(1),
                24,
                Duration.ofSeconds(2),
                Duration.ofDays(90),
                Set.of("SMMC-HES"),
                200_000);
    }
}
