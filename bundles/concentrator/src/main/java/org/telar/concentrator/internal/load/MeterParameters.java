package org.telar.concentrator.internal.load;

import java.time.DateTimeException;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Meter;

/** What the concentrator itself takes from a meter's parameters; the rest is the driver's. */
public final class MeterParameters {
    private static final Logger LOG = LoggerFactory.getLogger(MeterParameters.class);
    private static final Duration QUARTER = Duration.ofMinutes(15);

    private MeterParameters() {}

    /** Capture period of the load profile: {@code period=PT5M}; 15 minutes when it is not given. */
    public static Duration period(Meter meter) {
        String text = meter.parameters().get("period");
        if (text == null) {
            return QUARTER;
        }
        try {
            Duration period = Duration.parse(text);
            boolean fits = period.toSeconds() > 0
                    && period.getNano() == 0
                    && Duration.ofHours(1).toSeconds() % period.toSeconds() == 0;
            if (fits) {
                return period;
            }
        } catch (DateTimeException e) {
            // Told below.
        }
        LOG.warn("Meter {}: period=PT5M, PT15M, PT30M or PT1H expected, got {}; 15 min is used", meter.id(), text);
        return QUARTER;
    }
}
