package org.telar.api.meter;

import java.time.Duration;
import java.time.Instant;

/** An open association with one meter. Used by one thread; {@link #close()} releases it and never throws. */
public interface MeterSession extends AutoCloseable {
    /**
     * Reads everything asked in the fewest round trips.
     *
     * @throws MeterException with {@code IDENTITY} when another meter answered, {@code CLOCK_UNRESOLVED} when stamps
     *     cannot be trusted, {@code METER_SILENT} after the deadline, {@code PROTOCOL} on a broken answer
     */
    MeterReadout read(ReadRequest request) throws MeterException;

    /**
     * Sets the meter's clock to an instant. The caller holds the rules of D2.
     *
     * @throws MeterException with {@code UNSUPPORTED} or {@code AUTH_FAILED} when the meter refuses
     */
    void setClock(Instant to) throws MeterException;

    /** Shifts the meter's clock by at most ±900 s (class 8, method 6). Read the clock back afterwards. */
    void shiftClock(Duration by) throws MeterException;

    @Override
    void close();
}
