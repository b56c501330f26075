package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/**
 * How the times of a meter become UTC and back (D3).
 *
 * @param deviation meaning of the deviation field
 * @param zone the meter's local time; decides when a time carries no deviation
 */
record TimeRule(Deviation deviation, ZoneId zone) {
    enum Deviation {
        /** UTC = local + deviation, as the standard says. */
        NORMAL,
        /** UTC = local − deviation. */
        INVERTED,
        /** The field is 0x8000 or means nothing: the configured zone decides. */
        UNSPECIFIED;

        Deviation opposite() {
            return this == NORMAL ? INVERTED : NORMAL;
        }
    }

    Instant utc(CosemTime time) {
        return utc(time, Optional.empty());
    }

    /** @param before the stamp of the row before; settles a repeated hour when nothing else does */
    Instant utc(CosemTime time, Optional<Instant> before) {
        if (deviation == Deviation.UNSPECIFIED || !time.hasDeviation()) {
            return byZone(time, before);
        }
        int minutes = deviation == Deviation.NORMAL ? time.deviation() : -time.deviation();
        return time.local().plusMinutes(minutes).toInstant(ZoneOffset.UTC);
    }

    private Instant byZone(CosemTime time, Optional<Instant> before) {
        LocalDateTime local = time.local();
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.size() == 2) {
            Instant first = local.toInstant(offsets.get(0));
            Instant second = local.toInstant(offsets.get(1));
            if (time.status() == CosemTime.NO_STATUS) {
                return before.isPresent() && !first.isAfter(before.get()) ? second : first;
            }
            return time.isDaylightSaving() ? first : second;
        }
        return ZonedDateTime.of(local, zone).toInstant();
    }

    /** The same instant as the meter would write it. */
    CosemTime local(Instant utc) {
        ZonedDateTime at = utc.atZone(zone);
        int minutes = at.getOffset().getTotalSeconds() / 60;
        int field =
                switch (deviation) {
                    case NORMAL -> -minutes;
                    case INVERTED -> minutes;
                    case UNSPECIFIED -> CosemTime.UNSPECIFIED;
                };
        Duration saving = zone.getRules().getDaylightSavings(utc);
        return new CosemTime(at.toLocalDateTime(), field, saving.isZero() ? 0 : CosemTime.DAYLIGHT_SAVING);
    }
}
