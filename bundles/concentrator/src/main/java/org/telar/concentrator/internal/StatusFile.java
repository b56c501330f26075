package org.telar.concentrator.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.concentrator.internal.load.LoadRun;

/**
 * {@code status.json}: the agent's state for people, the console and tests, without a port. Written whole (temporary
 * file, rename) when it has changed. One thread.
 */
final class StatusFile {
    private static final Logger LOG = LoggerFactory.getLogger(StatusFile.class);

    /** What it says. */
    record Content(
            String state,
            boolean linkUp,
            long epoch,
            long highestSequence,
            long backlogEntries,
            long backlogValues,
            List<LoadRun.Progress> runs,
            Map<String, String> components) {}

    private final Path file;
    private String written = "";

    StatusFile(Path file) {
        this.file = file;
    }

    void write(Content c) {
        String json = json(c);
        if (json.equals(written)) {
            return;
        }
        Path temp = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.writeString(temp, json, StandardCharsets.UTF_8);
            Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = json;
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", file, e.toString());
        }
    }

    private static String json(Content c) {
        StringBuilder s = new StringBuilder("{\"state\":").append(text(c.state()));
        s.append(",\"linkUp\":").append(c.linkUp());
        s.append(",\"epoch\":").append(c.epoch());
        s.append(",\"highestSequence\":").append(c.highestSequence());
        s.append(",\"backlogEntries\":").append(c.backlogEntries());
        s.append(",\"backlogValues\":").append(c.backlogValues());
        s.append(",\"runs\":[");
        String comma = "";
        for (LoadRun.Progress run : c.runs()) {
            s.append(comma).append("{\"id\":").append(text(run.id()));
            s.append(",\"done\":").append(run.done()).append(",\"total\":").append(run.total());
            s.append(",\"reached\":")
                    .append(run.reached())
                    .append(",\"ended\":")
                    .append(run.ended())
                    .append('}');
            comma = ",";
        }
        s.append("],\"components\":{");
        comma = "";
        for (Map.Entry<String, String> e : c.components().entrySet()) {
            s.append(comma).append(text(e.getKey())).append(':').append(text(e.getValue()));
            comma = ",";
        }
        return s.append("}}\n").toString();
    }

    private static String text(String value) {
        StringBuilder s = new StringBuilder("\"");
        for (char ch : value.toCharArray()) {
            if (ch == '"' || ch == '\\') {
                s.append('\\').append(ch);
            } else if (ch < ' ') {
                s.append(String.format("\\u%04x", (int) ch));
            } else {
                s.append(ch);
            }
        }
        return s.append('"').toString();
    }
}
