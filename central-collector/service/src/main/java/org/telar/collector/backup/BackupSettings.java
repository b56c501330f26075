package org.telar.collector.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.telar.collector.RefusedException;

/**
 * Keys {@code telar.backup.*}.
 *
 * @param folder where backups go: a storage of its own, that does not fail with the data folder. Without it nothing is
 *     backed up by itself, and those asked for go below the data folder
 * @param every between two backups by itself
 * @param keep the newest so many; older ones are deleted when a new one is complete
 */
@ConfigurationProperties("telar.backup")
public record BackupSettings(
        Optional<Path> folder,
        @DefaultValue("1d") Duration every,
        @DefaultValue("7") int keep) {
    public BackupSettings {
        if (every.compareTo(Duration.ofMinutes(10)) < 0) {
            throw new RefusedException("telar.backup.every is a duration of 10m or longer, got " + every + ".");
        }
        if (keep < 1 || keep > 10_000) {
            throw new RefusedException("telar.backup.keep is 1 to 10000, got " + keep + ".");
        }
    }
}
