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
 * @param eventTypes table event → EndDeviceEventType in place of ours
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
 * @param compress whether the payload of readings goes as gzip in text form (Payload/Compressed)
 * @param messages the channels beside that of the readings
 */
@ConfigurationProperties("telar.integration")
public record IntegrationSettings(
        @DefaultValue("SMMC-HES") String source,
        Optional<Path> readingTypes,
        Optional<Path> qualities,
        Optional<Path> eventTypes,
        @DefaultValue("500") int messageMeters,
        @DefaultValue("15m") Duration patience,
        @DefaultValue("1h") Duration retryAfter,
        @DefaultValue("24") int maximumAttempts,
        @DefaultValue("2s") Duration stableFor,
        @DefaultValue("90d") Duration keepArchive,
        @DefaultValue("7d") Duration keepMessages,
        @DefaultValue Set<String> trustedSources,
        @DefaultValue("268435456") long maximumBytes,
        @DefaultValue("1830d") Duration keepReadings,
        @DefaultValue("false") boolean compress,
        @DefaultValue Messages messages) {

    /**
     * Keys {@code telar.integration.messages.*}.
     *
     * @param requests JMS queue that requests come from
     * @param replies JMS queue of replies and answers that name no address
     * @param events JMS queue or https address of EndDeviceEvents
     * @param replyUrls prefixes of https addresses that answers may be posted to
     * @param sources header sources that may ask; empty = whoever reaches a channel
     * @param requestMeters of one GetMeterReadings
     * @param requestBytes of one request
     * @param expiry answers and events that nobody takes from a queue go after so long
     * @param patience an answer or event that cannot be delivered is given up after so long, with an alarm
     * @param keepJournal rows of the journal are kept so long; their texts as long as keep-messages
     */
    public record Messages(
            @DefaultValue("telar.cim.requests") String requests,
            @DefaultValue("telar.cim.replies") String replies,
            @DefaultValue("telar.cim.events") String events,
            @DefaultValue Set<String> replyUrls,
            @DefaultValue Set<String> sources,
            @DefaultValue("1000") int requestMeters,
            @DefaultValue("16777216") long requestBytes,
            @DefaultValue("30d") Duration expiry,
            @DefaultValue("7d") Duration patience,
            @DefaultValue("400d") Duration keepJournal) {
        public Messages {
            in("messages.request-meters", requestMeters, 1, 100_000);
            in("messages.request-bytes", requestBytes, 1 << 16, 1 << 28);
            positive("messages.expiry", expiry);
            positive("messages.patience", patience);
            positive("messages.keep-journal", keepJournal);
        }
    }

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
