package org.telar.concentrator.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.acquisition.Reachability;
import org.telar.api.model.MeterId;
import org.telar.api.platform.DurableFile;

/** Small things that survive a restart: when the agent was first started, and when each meter last answered. */
final class Memory {
    private static final Logger LOG = LoggerFactory.getLogger(Memory.class);

    private final Path firstStart;
    private final Path contacts;
    private String written = "";

    Memory(Path folder) {
        this.firstStart = folder.resolve("first-start.state");
        this.contacts = folder.resolve("contacts.state");
    }

    /** The first start of this agent: now, when there was none before. */
    Instant firstStart(Clock clock) {
        Instant now = clock.instant();
        try {
            Optional<String> text = DurableFile.read(firstStart);
            if (text.isPresent()) {
                return Instant.parse(text.get().strip());
            }
            DurableFile.write(firstStart, now.toString());
        } catch (IOException | DateTimeException e) {
            LOG.error("{}: {}. The backfill counts from today.", firstStart, e.getMessage());
        }
        return now;
    }

    void restore(Reachability reachability) {
        try {
            DurableFile.read(contacts).ifPresent(text -> text.lines().forEach(line -> {
                int comma = line.indexOf(',');
                reachability.remember(new MeterId(line.substring(0, comma)), Instant.parse(line.substring(comma + 1)));
            }));
        } catch (IOException | DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.warn("Last contacts of the meters are not known any more: {}", e.getMessage());
        }
    }

    void save(Reachability reachability) {
        StringBuilder text = new StringBuilder();
        reachability
                .contacts()
                .forEach(
                        (meter, at) -> text.append(meter).append(',').append(at).append('\n'));
        if (text.toString().equals(written)) {
            return;
        }
        try {
            DurableFile.write(contacts, text.toString());
            written = text.toString();
        } catch (IOException e) {
            LOG.warn("Last contacts of the meters are not on disk: {}", e.toString());
        }
    }
}
