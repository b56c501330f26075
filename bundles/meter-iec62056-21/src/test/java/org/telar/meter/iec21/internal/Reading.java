package org.telar.meter.iec21.internal;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;

/** Meters, keys and requests that the tests share. */
final class Reading {
    static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");
    static final MeterKeys PASSWORD =
            new MeterKeys("00000000".getBytes(StandardCharsets.US_ASCII), new byte[0], new byte[0]);

    private Reading() {}

    static Meter meter(String identity, ZoneId zone, Map<String, String> parameters) {
        return new Meter(
                new MeterId("30990001"),
                "iec21",
                "THIRD-1",
                identity,
                "radio",
                "iec21:",
                1,
                Authentication.LLS,
                zone,
                parameters);
    }

    static MeterSession associate(Channel channel, Meter meter, Instant now) throws MeterException {
        return new Iec21Driver(Clock.fixed(now, ZoneOffset.UTC))
                .associate(meter, PASSWORD, channel, Airtime.FREE, Duration.ofSeconds(2));
    }

    static ReadRequest profile(String from, String to) {
        return new ReadRequest(
                List.of(new TimeRange(Instant.parse(from), Instant.parse(to))), List.of(), List.of(), false, List.of());
    }

    static ReadRequest registers(Obis... registers) {
        return new ReadRequest(List.of(), List.of(), List.of(registers), false, List.of());
    }
}
