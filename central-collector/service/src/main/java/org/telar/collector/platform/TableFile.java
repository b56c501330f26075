package org.telar.collector.platform;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A small CSV table with comments, from a resource or from the file that a utility puts in its place. */
public final class TableFile {
    private static final int MAX_LINES = 10_000;

    private TableFile() {}

    /** One line: its fields and where it stands. */
    public record Line(String where, List<String> fields) {
        public IllegalArgumentException broken(String expectedAndGot) {
            return new IllegalArgumentException(where + ": " + expectedAndGot);
        }
    }

    /**
     * @param override the utility's file, if there is one
     * @param header the header line that is expected; it also fixes the number of fields
     * @throws IllegalArgumentException naming file and line when the table is broken
     */
    public static List<Line> read(Optional<Path> override, String resource, String header) {
        String name = override.map(Path::toString).orElse(resource);
        try (InputStream in = override.isPresent()
                        ? Files.newInputStream(override.get())
                        : TableFile.class.getResourceAsStream(resource);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return parse(name, lines, header);
        } catch (IOException e) {
            throw new UncheckedIOException("table " + name + " cannot be read", e);
        }
    }

    private static List<Line> parse(String name, BufferedReader lines, String header) throws IOException {
        int columns = header.split(",").length;
        List<Line> rows = new ArrayList<>();
        boolean headed = false;
        int number = 0;
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
            number++;
            if (text.isBlank() || text.startsWith("#")) {
                continue;
            }
            Line line = new Line(name + " line " + number, List.of(text.strip().split(",", -1)));
            if (!headed) {
                if (!text.strip().equals(header)) {
                    throw line.broken("header \"" + header + "\" expected, got \"" + text.strip() + "\"");
                }
                headed = true;
                continue;
            }
            if (line.fields().size() != columns) {
                throw line.broken(columns + " fields expected (" + header + "), got "
                        + line.fields().size());
            }
            if (rows.size() >= MAX_LINES) {
                throw line.broken("a table has at most " + MAX_LINES + " lines");
            }
            rows.add(line);
        }
        return rows;
    }
}
