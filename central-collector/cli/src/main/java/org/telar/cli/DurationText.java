package org.telar.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 90s}, {@code 5m}, {@code 2h}, {@code 1d}, or ISO 8601. */
public final class DurationText implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        try {
            Duration d = upper.startsWith("P")
                    ? Duration.parse(upper)
                    : Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
            if (d.isNegative() || d.isZero()) {
                throw new TypeConversionException("'" + text + "' <= 0");
            }
            return d;
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text + "': 90s, 5m, 2h, 1d, PT1M30S");
        }
    }
}
