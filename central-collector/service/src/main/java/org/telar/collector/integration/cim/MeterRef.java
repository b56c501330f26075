package org.telar.collector.integration.cim;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.UUID;

/**
 * What a message says about a meter.
 *
 * @param number the number the utility knows it by
 * @param mrid unique id in CIM
 * @param zone civil time of its stamps
 * @param commodity 1 secondary, 2 primary values (D6)
 */
public record MeterRef(String number, String mrid, ZoneId zone, int commodity) {
    public MeterRef {
        if (commodity != 1 && commodity != 2) {
            throw new IllegalArgumentException(
                    "commodity 1 (secondary) or 2 (primary) expected for meter " + number + ", got " + commodity);
        }
    }

    /** A meter with the id that its number gives, the same for ever. */
    public static MeterRef of(String number, ZoneId zone, int commodity) {
        return new MeterRef(number, mrid(number), zone, commodity);
    }

    /** The unique id that a meter's number gives. */
    public static String mrid(String number) {
        return UUID.nameUUIDFromBytes(("telar:meter:" + number).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
