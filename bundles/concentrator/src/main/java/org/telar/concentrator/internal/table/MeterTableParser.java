package org.telar.concentrator.internal.table;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.model.MeterId;

/** Reads {@code meters.csv}. A line that is wrong is named with its column and left out; the others count. */
public final class MeterTableParser {
    static final List<String> COLUMNS = List.of(
            "meter",
            "driver",
            "model",
            "identity",
            "medium",
            "address",
            "client_sap",
            "authentication",
            "zone",
            "state",
            "parameters");
    /** Bounds the table: twice what a concentrator is made for. */
    static final int MAX_METERS = 10_000;

    private static final int MAX_LINE = 4_096;

    private final String file;
    private final List<String> problems = new ArrayList<>();
    private final Map<MeterId, MeterEntry> entries = new LinkedHashMap<>();
    private final Map<String, Integer> addresses = new HashMap<>();

    private MeterTableParser(String file) {
        this.file = file;
    }

    /**
     * Parses a table.
     *
     * @param file its name, for messages
     * @throws TableException when the header is not the table's: the whole file is then of no use
     */
    public static MeterTable parse(String file, String text) throws TableException {
        return new MeterTableParser(file).parse(text);
    }

    private MeterTable parse(String text) throws TableException {
        List<String> lines = text.lines().toList();
        String header =
                lines.isEmpty() ? "" : lines.get(0).replace("\uFEFF", "").strip();
        if (!header.equals(String.join(",", COLUMNS))) {
            throw new TableException(file + ", line 1: header \"" + String.join(",", COLUMNS) + "\" expected, got \""
                    + shortened(header) + "\"");
        }
        for (int i = 1; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !line.startsWith("#")) {
                parseLine(i + 1, line);
            }
        }
        return new MeterTable(entries, problems);
    }

    private void parseLine(int number, String line) {
        try {
            if (line.length() > MAX_LINE) {
                throw new BadCell("line", "at most " + MAX_LINE + " characters", line.length() + " characters");
            }
            if (entries.size() >= MAX_METERS) {
                throw new BadCell("line", "at most " + MAX_METERS + " meters", "one more");
            }
            MeterEntry entry = entry(line.split(",", -1));
            Integer other = addresses.putIfAbsent(
                    entry.meter().medium() + " " + entry.meter().address(), number);
            if (other != null) {
                throw new BadCell("address", "an address of its own", "the address of line " + other);
            }
            if (entries.putIfAbsent(entry.meter().id(), entry) != null) {
                throw new BadCell(
                        "meter", "a meter number of its own", entry.meter().id() + " a second time");
            }
        } catch (BadCell e) {
            problems.add(file + ", line " + number + ", column " + e.getMessage() + "; the line is left out");
        }
    }

    private MeterEntry entry(String[] cells) throws BadCell {
        if (cells.length != COLUMNS.size()) {
            throw new BadCell("count", COLUMNS.size() + " columns", cells.length + " columns");
        }
        MeterId id;
        try {
            id = new MeterId(cells[0].strip());
        } catch (IllegalArgumentException e) {
            throw new BadCell("meter", "1 to 32 of A-Z a-z 0-9 . _ -", shortened(cells[0]));
        }
        ZoneId zone;
        try {
            zone = ZoneId.of(cells[8].strip());
        } catch (DateTimeException e) {
            throw new BadCell("zone", "a zone such as America/Santiago", shortened(cells[8]));
        }
        Meter meter = new Meter(
                id,
                required(cells, 1),
                required(cells, 2),
                required(cells, 3),
                required(cells, 4),
                required(cells, 5),
                clientSap(cells[6]),
                choice(Authentication.class, "authentication", cells[7]),
                zone,
                parameters(cells[10]));
        return new MeterEntry(meter, choice(MeterState.class, "state", cells[9]));
    }

    private static String required(String[] cells, int column) throws BadCell {
        String cell = cells[column].strip();
        if (cell.isEmpty() || cell.length() > 64) {
            throw new BadCell(COLUMNS.get(column), "1 to 64 characters", "\"" + shortened(cell) + "\"");
        }
        return cell;
    }

    private static int clientSap(String cell) throws BadCell {
        try {
            int sap = Integer.parseInt(cell.strip());
            if (sap >= 1 && sap <= 127) {
                return sap;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same sentence.
        }
        throw new BadCell("client_sap", "a number 1..127", shortened(cell));
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String column, String cell) throws BadCell {
        try {
            return Enum.valueOf(type, cell.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BadCell(column, "one of " + List.of(type.getEnumConstants()), shortened(cell));
        }
    }

    private static Map<String, String> parameters(String cell) throws BadCell {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : cell.strip().split(";")) {
            if (pair.isBlank()) {
                continue;
            }
            int eq = pair.indexOf('=');
            if (eq < 1) {
                throw new BadCell("parameters", "k=v;k=v", shortened(pair));
            }
            parameters.put(pair.substring(0, eq).strip(), pair.substring(eq + 1).strip());
        }
        return parameters;
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private static final class BadCell extends Exception {
        private static final long serialVersionUID = 1L;

        BadCell(String column, String expected, String got) {
            super(column + ": " + expected + " expected, got " + got);
        }
    }
}
