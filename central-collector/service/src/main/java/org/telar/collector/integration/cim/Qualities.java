package org.telar.collector.integration.cim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.collector.platform.TableFile;

/** The table status bit → quality code, which a utility may replace. Thread-safe. */
public final class Qualities {
    private static final String RESOURCE = "/cim/qualities.csv";
    private static final int BITS = 31;
    private static final int CACHE = 4096;

    private final Map<Integer, Optional<Quality.Mark>> bits = new TreeMap<>();
    private final Map<Integer, Quality> cache = new ConcurrentHashMap<>();
    private Quality none;
    private Quality missing;

    /** @throws IllegalArgumentException naming file and line when the table is broken */
    public Qualities(Optional<Path> override) {
        List<TableFile.Line> lines = TableFile.read(override, RESOURCE, "bit,code,comment");
        lines.forEach(this::take);
        if (none == null || missing == null) {
            throw new IllegalArgumentException(
                    override.map(Path::toString).orElse(RESOURCE) + ": lines \"none\" and \"missing\" are needed");
        }
    }

    private void take(TableFile.Line line) {
        String key = line.fields().get(0).strip();
        String code = line.fields().get(1).strip();
        try {
            Optional<Quality.Mark> mark = code.equals("-")
                    ? Optional.empty()
                    : Optional.of(new Quality.Mark(code, line.fields().get(2).strip()));
            switch (key) {
                case "none" -> none = new Quality(List.of(mark.orElseThrow()));
                case "missing" -> missing = new Quality(List.of(mark.orElseThrow()));
                default -> {
                    int bit = Integer.parseInt(key);
                    if (bit < 0 || bit >= BITS || bits.put(bit, mark) != null) {
                        throw new IllegalArgumentException("bit 0..30, each once, expected, got " + key);
                    }
                }
            }
        } catch (NumberFormatException e) {
            throw line.broken("bit number, none or missing expected, got " + key);
        } catch (RuntimeException e) {
            throw line.broken(e.getMessage());
        }
    }

    /**
     * Quality of a value under a raw status word. Bits without a line say nothing about the value.
     *
     * @param status not negative
     */
    public Quality of(int status) {
        Quality found = cache.get(status);
        if (found == null) {
            found = compute(status);
            if (cache.size() < CACHE) {
                cache.put(status, found);
            }
        }
        return found;
    }

    private Quality compute(int status) {
        List<Quality.Mark> marks = new ArrayList<>();
        bits.forEach((bit, mark) -> {
            if ((status >> bit & 1) == 1) {
                mark.ifPresent(marks::add);
            }
        });
        return marks.isEmpty() ? none : new Quality(marks);
    }

    /** Nothing to remark. */
    public Quality valid() {
        return none;
    }

    /** Known missing: goes with no value. */
    public Quality missing() {
        return missing;
    }
}
