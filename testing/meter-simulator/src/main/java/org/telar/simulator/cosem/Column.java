package org.telar.simulator.cosem;

import java.time.Instant;

import org.telar.simulator.fleet.Meter;

/**
 * One capture object of a profile.
 *
 * @param classId class of the captured object
 * @param obis its logical name
 * @param attribute captured attribute
 * @param kind type on the wire
 * @param value value of a row; for a time, seconds since 1970
 */
record Column(int classId, String obis, int attribute, Kind kind, Value value) {
    /** Type on the wire. */
    enum Kind {
        /** Octet-string of 12 bytes. */
        TIME,
        /** unsigned, 8 bits. */
        UINT8,
        /** double-long-unsigned, 32 bits. */
        UINT32
    }

    /** Computes one value. */
    @FunctionalInterface
    interface Value {
        long of(Meter meter, Row row);
    }

    /** True for the clock of the row itself, which follows from the row before if that is a capture period older. */
    boolean stamp() {
        return kind == Kind.TIME && classId == MeterObjects.CLOCK_CLASS;
    }

    /** The date-time of a time column, in the meter's dialect. */
    static byte[] time(Meter meter, long seconds) {
        return MeterObjects.time(meter, Instant.ofEpochSecond(seconds));
    }

    /** Encodes one value with its tag. */
    void write(Meter meter, long raw, Axdr out) {
        switch (kind) {
            case TIME -> out.octets(time(meter, raw));
            case UINT8 -> out.uint8((int) raw);
            case UINT32 -> out.uint32(raw);
            default -> throw new IllegalStateException(kind.name());
        }
    }
}
