package org.telar.api.meter;

import java.time.Duration;
import java.util.Map;

import org.telar.api.channel.Channel;

/** Speaks one protocol. Stateless between sessions but for what it learned of a model. Thread-safe. */
public interface MeterDriver {
    /** Name in the meter table, for example {@code dlms}. */
    String name();

    /**
     * Associates with a meter.
     *
     * @param channel open channel of the meter's medium; the driver does not close it
     * @param airtime asked for a slot before every request APDU
     * @param timeout longest wait for one response
     * @throws MeterException {@code METER_SILENT}, {@code METER_UNREACHABLE}, {@code AUTH_FAILED}, ...
     */
    MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Duration timeout)
            throws MeterException;

    /**
     * Associates with a meter, with a wait of its own for the short answers of the association. A driver that knows no
     * such difference waits for all of them as long as for data.
     *
     * @throws MeterException as {@link #associate(Meter, MeterKeys, Channel, Airtime, Duration)}
     */
    default MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Waits waits)
            throws MeterException {
        return associate(meter, keys, channel, airtime, waits.answer());
    }

    /**
     * Who takes what meters say unasked, from now on; the one before no longer does. A driver of a protocol without such
     * messages ignores it.
     */
    default void onPush(PushListener listener) {}

    /** What went wrong on the lines since the driver exists, by name: noise, repetitions, refused answers (F24). */
    default Map<String, Long> counters() {
        return Map.of();
    }
}
