package org.telar.collector.reports;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Optional;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.telar.collector.RefusedException;

/**
 * Keys {@code telar.reports.*}.
 *
 * @param folder where deliveries to folders go, one below it for each party; absent: {@code deliveries} of the data
 *     folder
 * @param operator a data operator stands between Telar and the parties (R09): every delivery goes to this folder or
 *     https address instead, the party named in its path or header
 * @param dumpFolder where the daily dump for a data operator or authority goes (R11); absent: none by itself
 * @param dumpAt local time of the dump of the day before
 * @param etlEvery how often the data store is brought up to date; 0 = only when asked
 * @param ca PEM file of the authority of parties that take posts; absent: those of the JDK
 * @param retryAfter a failed delivery comes back after so long
 * @param maximumAttempts then it is FAILED, with an event
 */
@ConfigurationProperties("telar.reports")
public record ReportSettings(
        Optional<Path> folder,
        Optional<String> operator,
        Optional<Path> dumpFolder,
        @DefaultValue("06:00") LocalTime dumpAt,
        @DefaultValue("15m") Duration etlEvery,
        Optional<Path> ca,
        @DefaultValue("10m") Duration retryAfter,
        @DefaultValue("24") int maximumAttempts) {
    public ReportSettings {
        if (etlEvery.isNegative() || retryAfter.isNegative() || retryAfter.isZero()) {
            throw new RefusedException("telar.reports: etl-every and retry-after are durations like 15m.");
        }
        if (maximumAttempts < 1 || maximumAttempts > 10_000) {
            throw new RefusedException("telar.reports.maximum-attempts is 1 to 10000, got " + maximumAttempts + ".");
        }
    }
}
