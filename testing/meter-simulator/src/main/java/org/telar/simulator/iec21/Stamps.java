package org.telar.simulator.iec21;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/**
 * How a meter writes time: local time behind a season digit, or standard time all year without one (IEC 62056-21 Annex
 * C, ZST12 and ZSTs13).
 */
final class Stamps {
    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("uuMMddHHmmss");
    private static final DateTimeFormatter MINUTES = new DateTimeFormatterBuilder()
            .appendValueReduced(ChronoField.YEAR, 2, 2, 2000)
            .appendPattern("MMddHHmm")
            .toFormatter();

    private final ZoneId zone;
    private final boolean civil;

    /** @param civil true: local time with its season; false: standard time without */
    Stamps(ZoneId zone, boolean civil) {
        this.zone = zone;
        this.civil = civil;
    }

    String season(Instant at) {
        if (!civil) {
            return "";
        }
        return zone.getRules().isDaylightSavings(at) ? "1" : "0";
    }

    /** Twelve digits, behind the season digit if there is one. */
    String stamp(Instant at) {
        return season(at) + FULL.format(local(at));
    }

    String date(Instant at) {
        return season(at) + FULL.format(local(at)).substring(0, 6);
    }

    String time(Instant at) {
        return season(at) + FULL.format(local(at)).substring(6);
    }

    /** Ten digits (and a season digit) of a request's range. */
    Instant parse(String text) {
        if (text.length() != (civil ? 11 : 10)) {
            throw new IllegalArgumentException("a stamp of " + text.length() + " digits");
        }
        String digits = civil ? text.substring(1) : text;
        LocalDateTime local = LocalDateTime.parse(digits, MINUTES);
        ZoneOffset standard = zone.getRules().getStandardOffset(local.toInstant(ZoneOffset.UTC));
        int ahead = civil && text.charAt(0) == '1' ? 3600 : 0;
        return local.toInstant(ZoneOffset.ofTotalSeconds(standard.getTotalSeconds() + ahead));
    }

    /** The same time of day on another date, or the other way round, as two writes to the clock do. */
    LocalDateTime local(Instant at) {
        return LocalDateTime.ofInstant(at, offset(at));
    }

    ZoneOffset offset(Instant at) {
        return civil ? zone.getRules().getOffset(at) : zone.getRules().getStandardOffset(at);
    }

    /** The instant that the clock shows after it was set to a local time. */
    Instant shown(LocalDateTime local) {
        return civil
                ? local.atZone(zone).toInstant()
                : local.toInstant(zone.getRules().getStandardOffset(local.toInstant(ZoneOffset.UTC)));
    }

    boolean civil() {
        return civil;
    }
}
