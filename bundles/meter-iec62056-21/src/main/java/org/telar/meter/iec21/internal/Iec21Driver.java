package org.telar.meter.iec21.internal;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterSession;
import org.telar.api.model.Ko;
import org.telar.api.platform.OffsetClock;

/**
 * The driver {@code iec21}: IEC 62056-21 mode C. {@code LLS} in the meter table is the password of P1, {@code NONE}
 * sends none; more than that the protocol does not have, so {@code HLS5} is refused (S29). See {@link Parameters} for
 * what the meter table may say.
 */
public final class Iec21Driver implements MeterDriver {
    /** Name in the meter table. */
    public static final String NAME = "iec21";

    private final Clock clock;
    private final Learned learned = new Learned();

    /** On the process's clock. */
    public Iec21Driver() {
        this(OffsetClock.ofProcess());
    }

    public Iec21Driver(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Duration timeout)
            throws MeterException {
        Parameters parameters = Parameters.of(meter);
        Line line = new Line(channel, timeout, parameters.longestMessage(), parameters.softParity());
        Dialogue dialogue = new Dialogue(meter, parameters, line, airtime, password(meter, keys));
        dialogue.enterProgramming();
        return new Iec21Session(meter, parameters, dialogue, clock, learned);
    }

    private static Optional<String> password(Meter meter, MeterKeys keys) throws MeterException {
        if (meter.authentication() == Authentication.NONE) {
            return Optional.empty();
        }
        if (meter.authentication() == Authentication.HLS5) {
            throw new MeterException(
                    Ko.UNSUPPORTED, meter.id(), "IEC 62056-21 has a password at most, the meter table demands HLS5");
        }
        String password = new String(keys.password(), StandardCharsets.US_ASCII);
        // Brackets and control characters would end the data set early (IEC 62056-21 §6.3.2, item 18).
        if (!password.matches("[ -~&&[^()*/!]]{1,32}")) {
            throw new MeterException(
                    Ko.AUTH_FAILED,
                    meter.id(),
                    "the password in the key file is none: expected 1 to 32 printable characters without ( ) * / !");
        }
        return Optional.of(password);
    }
}
