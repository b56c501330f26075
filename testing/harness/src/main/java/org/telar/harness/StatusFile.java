package org.telar.harness;

import java.io.IOException;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/** The agent's {@code status.json}: what it says of itself to people and tests. A missing file is a missing node. */
public final class StatusFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    public StatusFile(Path file) {
        this.file = file;
    }

    /** The newest status; the file is replaced as a whole, so it is never half written. */
    public JsonNode read() {
        try {
            JsonNode node = JSON.readTree(file.toFile());
            return node == null ? MissingNode.getInstance() : node;
        } catch (IOException notYet) {
            return MissingNode.getInstance();
        }
    }

    public boolean linkUp() {
        return read().path("linkUp").asBoolean(false);
    }

    /** Channel values that wait for the collector's acknowledgement. */
    public long backlogValues() {
        return read().path("backlogValues").asLong(0);
    }

    /** Outbox entries that wait for it. */
    public long backlogEntries() {
        return read().path("backlogEntries").asLong(0);
    }

    /** The run with this id, or a missing node. */
    public JsonNode run(String id) {
        for (JsonNode run : read().path("runs")) {
            if (run.path("id").asText().equals(id)) {
                return run;
            }
        }
        return MissingNode.getInstance();
    }
}
