package org.telar.meter.iec21.internal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Stamps of a meter as UTC and back: {@code YYMMDDhhmm[ss]}, or the same behind a season digit (IEC 62056-21 Annex C,
 * ZST10, ZSTs11, ZST12, ZSTs13): 0 normal time, 1 summer time, 2 UTC. With the digit a stamp is never ambiguous;
 * without it the convention of the model decides, and the repeated hour is told apart by the rows before.
 *
 * @param zone of the meter's local time
 * @param convention what stamps without a season digit are in
 */
record MeterTime(ZoneId zone, Convention convention) {
    enum Convention {
        /** Local civil time. */
        LOCAL,
        /** Standard (winter) time all year. */
        STANDARD,
        UTC
    }

    /** A stamp in UTC, and whether the meter says that it is summer time. */
    record Stamp(Instant at, boolean summer) {}

    private static final Pattern FORM = Pattern.compile("[0-2]?\\d{10}(\\d\\d)?");
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyMMddHHmm");
    private static final Duration REPEATED = Duration.ofHours(2);

    /** True when the text has the form of a stamp. */
    static boolean isStamp(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * Reads a stamp.
     *
     * @param after the stamp before it in the same answer, or {@link Instant#MIN}: a plain local stamp of the repeated
     *     hour is the first of its two instants that comes after this one
     * @throws IllegalArgumentException when it is no date and time
     */
    Stamp parse(String text, Instant after) {
        if (!isStamp(text)) {
            throw new IllegalArgumentException("expected a stamp YYMMDDhhmm, got '" + text + "'");
        }
        boolean seasoned = text.length() % 2 == 1;
        LocalDateTime local = local(seasoned ? text.substring(1) : text);
        if (seasoned) {
            return switch (text.charAt(0)) {
                case '0' -> new Stamp(local.toInstant(standard(local)), false);
                case '1' -> new Stamp(local.toInstant(summer(local)), true);
                default -> new Stamp(local.toInstant(ZoneOffset.UTC), false);
            };
        }
        return switch (convention) {
            case UTC -> new Stamp(local.toInstant(ZoneOffset.UTC), false);
            case STANDARD -> new Stamp(local.toInstant(standard(local)), false);
            case LOCAL -> civil(local, after);
        };
    }

    /** A stamp as the meter's commands want it: ZSTs11 with the season digit, else ZST10. Seconds are dropped. */
    String format(Instant at, boolean season) {
        boolean summer = convention == Convention.LOCAL && rules().isDaylightSavings(at);
        ZoneOffset offset =
                switch (convention) {
                    case UTC -> ZoneOffset.UTC;
                    case STANDARD -> rules().getStandardOffset(at);
                    case LOCAL -> rules().getOffset(at);
                };
        String text = MINUTES.format(at.atOffset(offset));
        if (!season) {
            return text;
        }
        return (convention == Convention.UTC ? "2" : summer ? "1" : "0") + text;
    }

    /** The same instant, or one before the repeated hour that it lies in or near: rows before it tell the hour apart. */
    Instant outsideRepeatedHour(Instant at) {
        ZoneOffsetTransition next = rules().nextTransition(at.minus(REPEATED));
        boolean near = convention == Convention.LOCAL
                && next != null
                && next.isOverlap()
                && next.getInstant().isBefore(at.plus(REPEATED));
        return near ? next.getInstant().minus(REPEATED) : at;
    }

    /** Offset of the meter's time at an instant, for what the meter shows without a season digit. */
    ZoneOffset offsetAt(Instant at) {
        return switch (convention) {
            case UTC -> ZoneOffset.UTC;
            case STANDARD -> rules().getStandardOffset(at);
            case LOCAL -> rules().getOffset(at);
        };
    }

    private Stamp civil(LocalDateTime local, Instant after) {
        ZoneOffsetTransition change = rules().getTransition(local);
        Instant at;
        if (change == null) {
            at = local.toInstant(rules().getOffset(local));
        } else if (change.isGap()) {
            at = local.toInstant(change.getOffsetBefore());
        } else {
            Instant first = local.toInstant(change.getOffsetBefore());
            at = first.isAfter(after) ? first : local.toInstant(change.getOffsetAfter());
        }
        return new Stamp(at, rules().isDaylightSavings(at));
    }

    private ZoneOffset standard(LocalDateTime local) {
        return rules().getStandardOffset(local.toInstant(rules().getOffset(local)));
    }

    private ZoneOffset summer(LocalDateTime local) {
        ZoneOffset standard = standard(local);
        List<ZoneOffset> valid = rules().getValidOffsets(local);
        return valid.stream()
                .filter(o -> !o.equals(standard))
                .findFirst()
                // The meter's own rules say summer where the zone does not: it means one hour ahead.
                .orElseGet(() -> ZoneOffset.ofTotalSeconds(standard.getTotalSeconds() + 3600));
    }

    /** Some meters end the day at 24:00. */
    private static LocalDateTime local(String digits) {
        try {
            int hour = two(digits, 6);
            LocalDateTime day = LocalDateTime.of(2000 + two(digits, 0), two(digits, 2), two(digits, 4), 0, 0);
            int second = digits.length() > 10 ? two(digits, 10) : 0;
            if (hour == 24 && two(digits, 8) == 0 && second == 0) {
                return day.plusDays(1);
            }
            return day.withHour(hour).withMinute(two(digits, 8)).withSecond(second);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no such date and time: " + digits, e);
        }
    }

    private static int two(String digits, int at) {
        return Integer.parseInt(digits, at, at + 2, 10);
    }

    private ZoneRules rules() {
        return zone.getRules();
    }
}
