package org.telar.concentrator.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import org.telar.api.platform.EventSink.Severity;
import org.telar.api.platform.PlatformHealth;

/**
 * Raises and clears faults of the concentrator's own parts: modem, SIM, WAN link, disk, temperature (R33). A part that cannot
 * be told of raises nothing and clears nothing. One caller: housekeeping.
 */
final class Parts {
    private final Services services;
    private final Map<String, String> faulty = new TreeMap<>();

    Parts(Services services) {
        this.services = services;
    }

    /** Looks at all of them; also the sign of life that a watchdog waits for. */
    void watch() {
        for (PlatformHealth health : services.health().get()) {
            health.alive();
            for (PlatformHealth.Component c : health.components()) {
                if (c.state() == PlatformHealth.State.FAULT && faulty.putIfAbsent(c.component(), c.detail()) == null) {
                    services.events()
                            .event(
                                    "COMPONENT_FAULT",
                                    Severity.CRITICAL,
                                    "Component " + c.component() + " of the concentrator has a fault: " + c.detail()
                                            + ".",
                                    Map.of("component", c.component()));
                } else if (c.state() == PlatformHealth.State.OK && faulty.remove(c.component()) != null) {
                    services.events()
                            .event(
                                    "COMPONENT_OK",
                                    Severity.INFO,
                                    "Component " + c.component() + " of the concentrator works again.",
                                    Map.of("component", c.component()));
                }
            }
        }
    }

    /** State of every part in a word, for people. */
    Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        for (PlatformHealth health : services.health().get()) {
            for (PlatformHealth.Component c : health.components()) {
                String word =
                        switch (c.state()) {
                            case OK -> "ok";
                            case FAULT -> "fault";
                            case UNKNOWN -> "unknown";
                        };
                states.put("part:" + c.component(), c.detail().isEmpty() ? word : word + ": " + c.detail());
            }
        }
        return states;
    }
}
