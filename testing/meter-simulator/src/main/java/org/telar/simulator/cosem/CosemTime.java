package org.telar.simulator.cosem;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneRules;
import java.util.List;

import org.telar.simulator.fleet.MeterModel.Deviation;

/** Date-time of 12 bytes (IEC 62056-6-2): local time, deviation in minutes, clock status; in every dialect of D3. */
public final class CosemTime {
    /** Bytes of a date-time. */
    public static final int LENGTH = 12;
    /** Deviation that says nothing. */
    public static final short UNSPECIFIED = (short) 0x8000;

    private static final int DAYLIGHT_SAVING = 0x80;
    private static final int ANY = 0xFF;

    private CosemTime() {}

    /** Encodes an instant as a meter of this dialect shows it. */
    public static byte[] encode(Instant instant, ZoneId zone, Deviation dialect) {
        ZonedDateTime local = instant.atZone(zone);
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        out.putShort((short) local.getYear());
        out.put((byte) local.getMonthValue()).put((byte) local.getDayOfMonth());
        out.put((byte) local.getDayOfWeek().getValue());
        out.put((byte) local.getHour()).put((byte) local.getMinute()).put((byte) local.getSecond());
        out.put((byte) 0);
        out.putShort(deviation(local.getOffset(), dialect));
        out.put((byte) (daylightSaving(instant, zone) ? DAYLIGHT_SAVING : 0));
        return out.array();
    }

    /** Deviation field of an offset: minutes from local time to UTC in the standard, so +180 for UTC-3. */
    public static short deviation(ZoneOffset offset, Deviation dialect) {
        int minutes = offset.getTotalSeconds() / 60;
        return switch (dialect) {
            case NORMAL -> (short) -minutes;
            case INVERTED -> (short) minutes;
            case UNSPECIFIED -> UNSPECIFIED;
        };
    }

    /** True while the zone's clocks are advanced. */
    public static boolean daylightSaving(Instant instant, ZoneId zone) {
        return zone.getRules().isDaylightSavings(instant);
    }

    /**
     * Decodes a date-time that a client wrote. The deviation is read in the meter's dialect; without one, the status
     * byte, then the zone's rules decide.
     *
     * @throws IllegalArgumentException if it is no date-time or has no full date
     */
    public static Instant decode(byte[] bytes, ZoneId zone, Deviation dialect) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a date-time has 12 bytes, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int year = in.getShort() & 0xFFFF;
        int month = in.get() & ANY;
        int day = in.get() & ANY;
        in.get();
        int hour = orZero(in.get());
        int minute = orZero(in.get());
        int second = orZero(in.get());
        in.get();
        short deviation = in.getShort();
        int status = in.get() & ANY;
        LocalDateTime local;
        try {
            local = LocalDateTime.of(year, month, day, hour, minute, second);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no full date: " + e.getMessage(), e);
        }
        if (deviation == UNSPECIFIED) {
            return inZone(local, zone, status);
        }
        int minutes = dialect == Deviation.INVERTED ? -deviation : deviation;
        return local.toInstant(ZoneOffset.UTC).plusSeconds(minutes * 60L);
    }

    private static Instant inZone(LocalDateTime local, ZoneId zone, int status) {
        ZoneRules rules = zone.getRules();
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        if (offsets.size() == 2 && status != ANY && (status & DAYLIGHT_SAVING) == 0) {
            return local.toInstant(offsets.get(1));
        }
        return local.atZone(zone).toInstant();
    }

    private static int orZero(byte field) {
        int value = field & ANY;
        return value == ANY ? 0 : value;
    }
}
