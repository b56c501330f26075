package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.telar.api.platform.PlatformHealth.Component;
import org.telar.api.platform.PlatformHealth.State;

/** The disk that holds the agent's data: room, and whether it takes a write at all (F8, F9). */
final class DiskProbe implements Probe {
    private static final int FULL_PERCENT = 95;

    private final Path folder;

    DiskProbe(Path folder) {
        this.folder = folder;
    }

    @Override
    public List<Component> look() {
        try {
            FileStore store = Files.getFileStore(folder);
            long total = store.getTotalSpace();
            long used = total == 0 ? 0 : 100 - store.getUsableSpace() * 100 / total;
            Path probe = folder.resolve("probe.tmp");
            Files.write(probe, new byte[1]);
            Files.deleteIfExists(probe);
            return List.of(
                    used >= FULL_PERCENT
                            ? new Component("disk", State.FAULT, used + " % of it are used")
                            : new Component("disk", State.OK, used + " % used"));
        } catch (IOException e) {
            return List.of(new Component("disk", State.FAULT, "it takes no write: " + e.getMessage()));
        }
    }
}
