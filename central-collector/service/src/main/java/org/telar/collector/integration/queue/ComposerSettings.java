package org.telar.collector.integration.queue;

import java.time.Duration;
import java.time.ZoneId;

/**
 * @param source who we are in the header
 * @param zone zone of the header's timestamp
 * @param meters a message is cut at so many (D10)
 * @param pollBytes a message is also cut at so many bytes of encoded polls, about one a value: bounds its size
 * @param patience work that waits longer is sent though its run has not ended (D10)
 * @param compress whether the payload goes as gzip in text form
 */
public record ComposerSettings(
        String source, ZoneId zone, int meters, long pollBytes, Duration patience, boolean compress) {
    public static ComposerSettings standard(ZoneId zone) {
        return new ComposerSettings("SMMC-HES", zone, 500, 1_000_000, Duration.ofMinutes(15), false);
    }
}
