package org.telar.benchmarks.island;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The recording of one meter-day: which APDUs, of how many bytes, each way of reading takes for so many rows. */
final class MeterDay {
    /** Rows of the day. */
    static final int ROWS = 96;

    private static final String FILE = "meter-day.csv";

    /** Bytes of a request and its response. */
    record Exchange(int up, int down) {}

    private final Map<String, TreeMap<Integer, List<Exchange>>> modes = new TreeMap<>();

    /** @throws IOException with file and line when a line is broken */
    static MeterDay read() throws IOException {
        MeterDay day = new MeterDay();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(MeterDay.class.getResourceAsStream(FILE), StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (!line.startsWith("#") && !line.startsWith("mode,")) {
                    day.add(number, line.split(",", -1));
                }
            }
        }
        return day;
    }

    private void add(int number, String[] f) throws IOException {
        try {
            modes.computeIfAbsent(f[0], m -> new TreeMap<>())
                    .computeIfAbsent(Integer.parseInt(f[2]), r -> new ArrayList<>())
                    .add(new Exchange(Integer.parseInt(f[3]), Integer.parseInt(f[4])));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IOException(
                    FILE + ", line " + number + ": mode,source,rows,up,down expected, got " + String.join(",", f), e);
        }
    }

    /**
     * The exchanges of a read. Between two recorded numbers of rows, one response grows in proportion; an answer in
     * blocks is taken as that for the next recorded number.
     *
     * @param rows of the load profile, at most {@link #ROWS}
     */
    List<Exchange> exchanges(String mode, int rows) {
        TreeMap<Integer, List<Exchange>> recorded = modes.get(mode);
        if (recorded == null) {
            throw new IllegalArgumentException("no mode " + mode + " in " + FILE + ", which has " + modes.keySet());
        }
        Map.Entry<Integer, List<Exchange>> above = recorded.ceilingEntry(rows);
        if (above == null) {
            throw new IllegalArgumentException(mode + " is recorded for at most " + recorded.lastKey() + " rows");
        }
        Map.Entry<Integer, List<Exchange>> below = recorded.floorEntry(rows);
        if (below == null) {
            below = recorded.higherEntry(above.getKey());
        }
        if (above.getKey() == rows || above.getValue().size() > 1 || below == null) {
            return above.getValue();
        }
        Exchange high = above.getValue().get(0);
        Exchange low = below.getValue().get(0);
        double perRow = (double) (high.down() - low.down()) / (above.getKey() - below.getKey());
        return List.of(new Exchange(high.up(), (int) Math.round(high.down() - perRow * (above.getKey() - rows))));
    }
}
