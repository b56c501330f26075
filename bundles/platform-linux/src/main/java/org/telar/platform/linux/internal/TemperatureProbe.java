package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.telar.api.platform.PlatformHealth.Component;
import org.telar.api.platform.PlatformHealth.State;

/** The hottest sensor of {@code /sys/class/thermal}; clears five degrees below the limit, so that it does not flap. */
final class TemperatureProbe implements Probe {
    private static final int CLEARS_BELOW = 5;
    private static final int MILLI = 1_000;

    private final Path folder;
    private final int limit;
    private boolean hot;

    /** @param limit degrees Celsius */
    TemperatureProbe(Path root, int limit) {
        this.folder = root.resolve("sys/class/thermal");
        this.limit = limit;
    }

    @Override
    public List<Component> look() {
        int hottest = Integer.MIN_VALUE;
        try (DirectoryStream<Path> zones = Files.newDirectoryStream(folder, "thermal_zone*")) {
            for (Path zone : zones) {
                hottest = Math.max(hottest, degrees(zone.resolve("temp")));
            }
        } catch (IOException noSensors) {
            return List.of();
        }
        if (hottest == Integer.MIN_VALUE) {
            return List.of();
        }
        hot = hottest >= (hot ? limit - CLEARS_BELOW : limit);
        return List.of(new Component(
                "temperature", hot ? State.FAULT : State.OK, hottest + " °C" + (hot ? ", limit " + limit : "")));
    }

    private static int degrees(Path file) {
        try {
            return Integer.parseInt(Files.readString(file).strip()) / MILLI;
        } catch (IOException | NumberFormatException sensorOff) {
            return Integer.MIN_VALUE;
        }
    }
}
