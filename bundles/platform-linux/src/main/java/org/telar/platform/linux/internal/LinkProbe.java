package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.telar.api.platform.PlatformHealth.Component;
import org.telar.api.platform.PlatformHealth.State;

/**
 * The interfaces that look to the centre: is the link up, and does a route lead out of one (an external router that is off
 * takes both, one that lost its own link neither; that shows at the link to the centre). Reads {@code /sys/class/net} and
 * {@code /proc/net/route}, {@code /proc/net/ipv6_route}.
 */
final class LinkProbe implements Probe {
    private static final String NO_DESTINATION = "00000000";
    private static final String NO_DESTINATION_6 = "0".repeat(32);

    private final Path root;
    private final List<String> interfaces;

    /** @param root {@code /}, or a folder in tests */
    LinkProbe(Path root, List<String> interfaces) {
        this.root = root;
        this.interfaces = List.copyOf(interfaces);
    }

    @Override
    public List<Component> look() {
        List<Component> found = new ArrayList<>();
        for (String name : interfaces) {
            found.add(link(name));
        }
        if (!interfaces.isEmpty()) {
            found.add(route());
        }
        return found;
    }

    private Component link(String name) {
        String component = "wan:" + name;
        Path folder = root.resolve("sys/class/net").resolve(name);
        if (!Files.isDirectory(folder)) {
            return new Component(component, State.FAULT, "there is no interface " + name);
        }
        String state = text(folder.resolve("operstate"));
        String carrier = text(folder.resolve("carrier"));
        // Tunnels and modems say "unknown" all their life; then the carrier tells.
        boolean up = state.equals("up") || state.equals("unknown") && !carrier.equals("0");
        return up
                ? new Component(component, State.OK, "")
                : new Component(
                        component,
                        State.FAULT,
                        "the link of " + name + " is " + (state.isEmpty() ? "not known" : state));
    }

    private Component route() {
        boolean out = text(root.resolve("proc/net/route")).lines().anyMatch(l -> leads(l, 0, 1, NO_DESTINATION))
                || text(root.resolve("proc/net/ipv6_route")).lines().anyMatch(l -> leads(l, 9, 0, NO_DESTINATION_6));
        return out
                ? new Component("wan-route", State.OK, "")
                : new Component("wan-route", State.FAULT, "no default route over " + String.join(", ", interfaces));
    }

    private boolean leads(String line, int device, int destination, String none) {
        String[] f = line.strip().split("\\s+");
        return f.length > Math.max(device, destination)
                && interfaces.contains(f[device])
                && f[destination].equals(none);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException notThere) {
            return "";
        }
    }
}
