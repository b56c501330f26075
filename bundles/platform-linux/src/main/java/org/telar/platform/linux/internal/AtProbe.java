package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.telar.api.channel.Channel;
import org.telar.api.platform.PlatformHealth.Component;
import org.telar.api.platform.PlatformHealth.State;

/** Modem and SIM by AT commands (3GPP TS 27.007: CPIN, CSQ, CEREG) on a serial port of the modem's own for that. */
final class AtProbe implements Probe {
    /** Opens the port. */
    interface Port {
        Channel open() throws IOException;
    }

    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int MOST_BYTES = 4_096;
    private static final Pattern REGISTERED = Pattern.compile("\\+CEREG:\\s*\\d,\\s*([15])\\b");
    private static final Pattern SIGNAL = Pattern.compile("\\+CSQ:\\s*(\\d+),");

    private final String name;
    private final Port port;
    private final LongSupplier nanos;

    AtProbe(String name, Port port, LongSupplier nanos) {
        this.name = name;
        this.port = port;
        this.nanos = nanos;
    }

    @Override
    public List<Component> look() {
        String modem = "modem:" + name;
        String sim = "sim:" + name;
        try (Channel channel = port.open()) {
            if (!ask(channel, "ATE0").contains("OK")) {
                return List.of(
                        new Component(modem, State.FAULT, "it does not answer to AT"),
                        new Component(sim, State.UNKNOWN, ""));
            }
            String pin = ask(channel, "AT+CPIN?");
            if (!pin.contains("READY")) {
                String why = pin.contains("SIM PIN") || pin.contains("SIM PUK") ? "it wants a code" : "there is none";
                return List.of(
                        new Component(modem, State.UNKNOWN, "no usable SIM"), new Component(sim, State.FAULT, why));
            }
            Matcher signal = SIGNAL.matcher(ask(channel, "AT+CSQ"));
            String level = signal.find() ? "signal " + signal.group(1) + " of 31" : "";
            boolean registered = REGISTERED.matcher(ask(channel, "AT+CEREG?")).find();
            return List.of(
                    registered
                            ? new Component(modem, State.OK, level)
                            : new Component(modem, State.FAULT, "it is not registered; " + level),
                    new Component(sim, State.OK, ""));
        } catch (IOException e) {
            return List.of(
                    new Component(modem, State.FAULT, "its port cannot be used: " + e.getMessage()),
                    new Component(sim, State.UNKNOWN, ""));
        }
    }

    private String ask(Channel channel, String command) throws IOException {
        channel.write((command + "\r").getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        byte[] buffer = new byte[256];
        long until = nanos.getAsLong() + ANSWER.toNanos();
        while (answer.length() < MOST_BYTES) {
            long left = until - nanos.getAsLong();
            if (left <= 0) {
                break;
            }
            try {
                int n = channel.read(buffer, Duration.ofNanos(left));
                answer.append(new String(buffer, 0, n, StandardCharsets.US_ASCII));
            } catch (java.net.SocketTimeoutException e) {
                break;
            }
            if (answer.indexOf("OK\r") >= 0 || answer.indexOf("ERROR") >= 0) {
                break;
            }
        }
        return answer.toString();
    }
}
