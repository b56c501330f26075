package org.telar.uplink.mqtt.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;

/**
 * Says what happens to the link, each thing once: a broker that refuses every minute is one event, until the link has
 * been good again. Used by the uplink's thread.
 */
final class LinkEvents {
    private static final Logger LOG = LoggerFactory.getLogger(LinkEvents.class);
    private static final int[] WARNING_DAYS = {1, 7, 30};

    private final EventSink sink;
    private final Clock tlsClock;
    private final Set<String> said = new HashSet<>();
    private int warnedAtDays = Integer.MAX_VALUE;

    LinkEvents(EventSink sink, Clock tlsClock) {
        this.sink = sink;
        this.tlsClock = tlsClock;
    }

    void up(String server, boolean again) {
        raise("LINK_UP", Severity.INFO, "Connected to the centre at " + server + (again ? " again." : "."), Map.of());
    }

    void down(Reason reason) {
        raise("LINK_DOWN", Severity.WARNING, "The link to the centre is down: " + reason.text() + ".", Map.of());
    }

    /** A refusal or a failure to connect. */
    void refused(Reason reason) {
        if (!reason.event().equals("LINK_DOWN")) {
            once(reason, Severity.CRITICAL);
        } else if (said.add(reason.text())) {
            LOG.info("no link: {}", reason.text());
        }
    }

    void once(Reason reason, Severity severity) {
        if (said.add(reason.event() + reason.text())) {
            raise(
                    reason.event(),
                    severity,
                    sentence(reason.text()),
                    reason.code() == 0 ? Map.of() : Map.of("reason", String.format("0x%02X", reason.code())));
        }
    }

    /** The link has proved good: what comes next is news again. */
    void good() {
        said.clear();
    }

    /** Warns 30, 7 and 1 day before our certificate ends, and when it has. */
    void certificate(Instant ends) {
        Duration left = Duration.between(tlsClock.instant(), ends);
        if (left.isNegative()) {
            once(new Reason("TLS_OWN_EXPIRED", "our certificate ended at " + ends, 0), Severity.CRITICAL);
            return;
        }
        for (int days : WARNING_DAYS) {
            if (left.toDays() < days) {
                if (days < warnedAtDays) {
                    warnedAtDays = days;
                    raise(
                            "TLS_EXPIRES_SOON",
                            days == 30 ? Severity.WARNING : Severity.CRITICAL,
                            "Our certificate ends at " + ends + ": renew it.",
                            Map.of("ends", ends.toString()));
                }
                return;
            }
        }
        warnedAtDays = Integer.MAX_VALUE;
    }

    private void raise(String code, Severity severity, String text, Map<String, String> detail) {
        LOG.info("{}: {}", code, text);
        sink.event(code, severity, text, detail);
    }

    private static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
