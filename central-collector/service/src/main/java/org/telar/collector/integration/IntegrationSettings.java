package org.telar.collector.integration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a site may set about the way to the Legacy, keys {@code telar.integration.*}.
 *
 * @param source who we are in message headers
 * @param readingTypes table OBIS → ReadingType in place of ours
 * @param qualities table status bit → quality code in place of ours
 * @param messageMeters a message is cut at so many meters (D10)
 * @param patience work waits so long for its run to end (D10)
 * @param retryAfter a failed file comes back after so long (R65)
 * @param maximumAttempts then a file is quarantined, with an alarm
 * @param stableFor a foreign file that did not change for so long is complete
 * @param keepArchive archived files are kept so long
 * @param keepMessages bytes of sent messages are kept so long in the outbox
 * @param trustedSources message sources whose unknown meters are entered, besides our own; those of others are
 *     quarantined
 * @param maximumBytes of one message or file, uncompressed
 * @param keepReadings readings of the Legacy database are kept so long, whole months; at least a year
 */
@ConfigurationProperties("telar.integration")
public record IntegrationSettings(
        @DefaultValue("SMMC-HES") String source,
        Optional<Path> readingTypes,
        Optional<Path> qualities,
        @DefaultValue("500") int messageMeters,
        @DefaultValue("15m") Duration patience,
        @DefaultValue("1h") Duration retryAfter,
        @DefaultValue("24") int maximumAttempts,
        @DefaultValue("2s") Duration stableFor,
        @DefaultValue("90d") Duration keepArchive,
        @DefaultValue("7d") Duration keepMessages,
        @DefaultValue Set<String> trustedSources,
        @DefaultValue("268435456") long maximumBytes,
        @DefaultValue("1830d") Duration keepReadings) {
    public IntegrationSettings {
        in("message-meters", messageMeters, 1, 10_000);
        in("maximum-attempts", maximumAttempts, 1, 10_000);
        in("maximum-bytes", maximumBytes, 1 << 20, 1L << 32);
        if (source.isBlank() || source.length() > 64) {
            throw new IllegalArgumentException("telar.integration.source is 1 to 64 characters, got: " + source);
        }
        positive("patience", patience);
        positive("retry-after", retryAfter);
        positive("keep-archive", keepArchive);
        positive("keep-messages", keepMessages);
        if (keepReadings.toDays() < 365) {
            throw new IllegalArgumentException(
                    "telar.integration.keep-readings is a duration of 365d or longer, got " + keepReadings);
        }
    }

    private static void in(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "telar.integration." + key + " is " + min + " to " + max + ", got " + value);
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("telar.integration." + key + " is a duration like 15m, got " + value);
        }
    }
}
