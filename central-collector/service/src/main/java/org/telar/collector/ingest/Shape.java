package org.telar.collector.ingest;

import java.time.Duration;
import java.util.List;

import org.telar.api.model.Column;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.Unit;

/**
 * What blocks must have in common to share a row: profile, period, phase of the grid, channels, scalers and units (D4).
 *
 * @param phase seconds by which interval ends lie off the multiples of the period, UTC
 */
record Shape(Obis profile, Duration period, int phase, List<Channel> channels) {
    record Channel(Obis obis, Unit unit) {}

    static Shape of(ProfileBlock block) {
        int phase = (int)
                Math.floorMod(block.firstEnd().getEpochSecond(), block.period().toSeconds());
        return new Shape(
                block.profile(),
                block.period(),
                phase,
                block.columns().stream()
                        .map((Column c) -> new Channel(c.channel(), c.unit()))
                        .toList());
    }

    /** Stable text, the key in the database. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(profile).append('/').append(period.toSeconds()).append('/').append(phase);
        for (Channel c : channels) {
            text.append('/').append(c.obis()).append(':').append(c.unit().scaler());
            text.append(':').append(c.unit().code());
        }
        return text.toString();
    }
}
