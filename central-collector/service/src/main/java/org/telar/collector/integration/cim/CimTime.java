package org.telar.collector.integration.cim;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;

/** Times as CIM messages write them: local civil time with its offset. Not thread-safe: it remembers the last date. */
final class CimTime {
    /** No time: not a date, or without an offset. */
    static final long NONE = Long.MIN_VALUE;

    private static final int DAY = 86_400;
    private static final int LENGTH = 25;

    private final ZoneRules rules;
    private final char[] text = new char[LENGTH];
    private long lastDay = Long.MIN_VALUE;
    private int lastOffset = Integer.MIN_VALUE;
    private long parsedDateKey = -1;
    private long parsedDay;

    CimTime(ZoneId zone) {
        this.rules = zone.getRules();
    }

    /** Text of a UTC second of the years 1 to 9999, offset of the zone at that moment: 25 characters, valid until the next call. */
    char[] format(long epochSecond) {
        int offset = rules.getOffset(Instant.ofEpochSecond(epochSecond)).getTotalSeconds();
        if (offset % 60 != 0) {
            offset = 0; // local mean time of long ago: xs:dateTime has no seconds in an offset
        }
        long local = epochSecond + offset;
        long day = Math.floorDiv(local, DAY);
        int second = (int) Math.floorMod(local, (long) DAY);
        if (day != lastDay) {
            date(LocalDate.ofEpochDay(day));
            lastDay = day;
        }
        if (offset != lastOffset) {
            int minutes = Math.abs(offset) / 60;
            text[19] = offset < 0 ? '-' : '+';
            two(20, minutes / 60);
            text[22] = ':';
            two(23, minutes % 60);
            lastOffset = offset;
        }
        text[10] = 'T';
        two(11, second / 3600);
        text[13] = ':';
        two(14, second / 60 % 60);
        text[16] = ':';
        two(17, second % 60);
        return text;
    }

    private void date(LocalDate d) {
        two(0, d.getYear() / 100);
        two(2, d.getYear() % 100);
        text[4] = '-';
        two(5, d.getMonthValue());
        text[7] = '-';
        two(8, d.getDayOfMonth());
    }

    private void two(int at, int n) {
        text[at] = (char) ('0' + n / 10);
        text[at + 1] = (char) ('0' + n % 10);
    }

    /** UTC second of a dateTime with an offset; fractions are cut; {@link #NONE} otherwise. */
    long parse(char[] t, int length) {
        boolean zulu = length == 20 && t[19] == 'Z';
        if (!zulu && !(length == LENGTH && (t[19] == '+' || t[19] == '-') && t[22] == ':')) {
            return slow(t, length);
        }
        int year = digits(t, 0, 4);
        int month = digits(t, 5, 2);
        int day = digits(t, 8, 2);
        int hour = digits(t, 11, 2);
        int minute = digits(t, 14, 2);
        int second = digits(t, 17, 2);
        int offset = zulu ? 0 : digits(t, 20, 2) * 3600 + digits(t, 23, 2) * 60;
        if ((year | month | day | hour | minute | second | offset) < 0 || hour > 23 || minute > 59 || second > 59) {
            return slow(t, length);
        }
        long key = year * 10_000L + month * 100L + day;
        if (key != parsedDateKey) {
            try {
                parsedDay = LocalDate.of(year, month, day).toEpochDay();
            } catch (DateTimeException e) {
                return NONE;
            }
            parsedDateKey = key;
        }
        long local = parsedDay * DAY + hour * 3600L + minute * 60L + second;
        return local - (zulu || t[19] == '+' ? offset : -offset);
    }

    private static int digits(char[] t, int at, int n) {
        int value = 0;
        for (int i = at; i < at + n; i++) {
            if (t[i] < '0' || t[i] > '9') {
                return Integer.MIN_VALUE;
            }
            value = value * 10 + t[i] - '0';
        }
        return value;
    }

    private static long slow(char[] t, int length) {
        if (length > 40) {
            return NONE;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(new String(t, 0, length).strip());
            return time.getYear() < 1 || time.getYear() > 9999
                    ? NONE
                    : time.withOffsetSameInstant(ZoneOffset.UTC).toEpochSecond();
        } catch (DateTimeException e) {
            return NONE;
        }
    }
}
