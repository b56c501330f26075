package org.telar.meter.dlms.internal;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * A COSEM date-time (IEC 62056-62 §4.1.6.1): local time, deviation in minutes and clock status.
 *
 * @param local local time of the meter, whole seconds or hundredths
 * @param deviation minutes, {@link #UNSPECIFIED} when the meter does not say; its sign is a matter of the model (D3)
 * @param status clock status, bit 7 daylight saving active, 0xFF unspecified
 */
record CosemTime(LocalDateTime local, int deviation, int status) {
    static final int LENGTH = 12;
    static final int UNSPECIFIED = -0x8000;
    static final int NO_STATUS = 0xFF;
    static final int DAYLIGHT_SAVING = 0x80;
    private static final int ANY = 0xFF;

    /** Empty when a part of date or time down to the minute is unspecified or out of range. */
    static Optional<CosemTime> of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            int year = in.getShort() & 0xFFFF;
            int month = in.get() & 0xFF;
            int day = in.get() & 0xFF;
            in.get();
            int hour = in.get() & 0xFF;
            int minute = in.get() & 0xFF;
            int second = in.get() & 0xFF;
            int hundredths = in.get() & 0xFF;
            int nanos = hundredths == ANY ? 0 : hundredths * 10_000_000;
            LocalDateTime local = LocalDateTime.of(year, month, day, hour, minute, second == ANY ? 0 : second, nanos);
            return year == 0xFFFF
                    ? Optional.empty()
                    : Optional.of(new CosemTime(local, in.getShort(), in.get() & 0xFF));
        } catch (DateTimeException unspecifiedOrWrong) {
            return Optional.empty();
        }
    }

    boolean hasDeviation() {
        return deviation != UNSPECIFIED;
    }

    boolean isDaylightSaving() {
        return status != NO_STATUS && (status & DAYLIGHT_SAVING) != 0;
    }

    byte[] encoded() {
        DayOfWeek day = local.getDayOfWeek();
        return ByteBuffer.allocate(LENGTH)
                .putShort((short) local.getYear())
                .put((byte) local.getMonthValue())
                .put((byte) local.getDayOfMonth())
                .put((byte) day.getValue())
                .put((byte) local.getHour())
                .put((byte) local.getMinute())
                .put((byte) local.getSecond())
                .put((byte) (local.getNano() / 10_000_000))
                .putShort((short) deviation)
                .put((byte) status)
                .array();
    }
}
