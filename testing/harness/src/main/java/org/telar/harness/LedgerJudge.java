package org.telar.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what every meter truly held (the simulator's ledger) with what the Legacy holds, value by value. Both are CSV
 * files sorted by meter, channel and time; the comparison streams, so their size does not matter.
 *
 * <p>The unit is one channel value. Within the judged window {@code expected = delivered + gapsWithReason + lost}. A
 * value after the window need not have arrived, but if it has, it must be right.
 */
public final class LedgerJudge {
    private static final int EXAMPLES = 5;
    private static final int KEY_FIELDS = 3;

    private final Instant after;
    private final Instant until;
    private final List<GapReport> reports;
    private final List<String> examples = new ArrayList<>();
    private long expected;
    private long delivered;
    private long gaps;
    private long lost;
    private long wrong;
    private long duplicates;
    private long invented;

    /**
     * A stated reason why values of a meter are not there.
     *
     * @param meter meter number
     * @param after exclusive
     * @param until inclusive
     */
    public record GapReport(String meter, Instant after, Instant until, String reason) {
        boolean covers(Row row) {
            return meter.equals(row.meter) && row.at.isAfter(after) && !row.at.isAfter(until);
        }
    }

    /**
     * The outcome.
     *
     * @param delivered expected values that are there and equal in value and quality
     * @param gapsWithReason expected values that are not there, and a gap report says why
     * @param lost expected values that are not there, or are there with another value or quality
     * @param wrong how many of the lost, or of those after the window, are there with another value or quality
     * @param duplicates rows whose key the Legacy holds more than once
     * @param invented rows of the Legacy that no meter ever held
     * @param examples the first few rows that are not as they should be, for a person
     */
    public record Verdict(
            long expected,
            long delivered,
            long gapsWithReason,
            long lost,
            long wrong,
            long duplicates,
            long invented,
            List<String> examples) {
        /** True when everything expected is there and nothing is wrong, twice or made up. */
        public boolean flawless() {
            return expected == delivered && wrong == 0 && duplicates == 0 && invented == 0;
        }
    }

    private record Row(String meter, String channel, Instant at, String content) implements Comparable<Row> {
        @Override
        public int compareTo(Row o) {
            int c = meter.compareTo(o.meter);
            c = c != 0 ? c : channel.compareTo(o.channel);
            return c != 0 ? c : at.compareTo(o.at);
        }

        @Override
        public String toString() {
            return meter + "," + channel + "," + at + "," + content;
        }
    }

    private LedgerJudge(Instant after, Instant until, List<GapReport> reports) {
        this.after = after;
        this.until = until;
        this.reports = List.copyOf(reports);
    }

    /**
     * Judges one pair of files.
     *
     * @param after window, exclusive: rows up to here are ignored on both sides
     * @param until window, inclusive: expected up to here
     * @throws IOException when a file cannot be read, is not sorted, or has a broken line; the message names it
     */
    public static Verdict judge(Path ledger, Path legacy, Instant after, Instant until, List<GapReport> reports)
            throws IOException {
        LedgerJudge judge = new LedgerJudge(after, until, reports);
        try (Rows held = new Rows(ledger, after);
                Rows loaded = new Rows(legacy, after)) {
            judge.merge(held, loaded);
        }
        return new Verdict(
                judge.expected,
                judge.delivered,
                judge.gaps,
                judge.lost,
                judge.wrong,
                judge.duplicates,
                judge.invented,
                List.copyOf(judge.examples));
    }

    private void merge(Rows held, Rows loaded) throws IOException {
        Row truth = held.next();
        Row row = loaded.next();
        while (truth != null || row != null) {
            int order = truth == null ? 1 : row == null ? -1 : truth.compareTo(row);
            if (order < 0) {
                absent(truth);
                truth = held.next();
            } else if (order > 0) {
                invented++;
                example("in the Legacy, held by no meter: " + row);
                row = skipTwins(row, loaded);
            } else {
                present(truth, row);
                truth = held.next();
                row = skipTwins(row, loaded);
            }
        }
    }

    private Row skipTwins(Row row, Rows loaded) throws IOException {
        Row next = loaded.next();
        while (next != null && next.compareTo(row) == 0) {
            duplicates++;
            example("twice in the Legacy: " + next);
            next = loaded.next();
        }
        return next;
    }

    private void absent(Row truth) {
        if (truth.at.isAfter(until)) {
            return;
        }
        expected++;
        if (reports.stream().anyMatch(r -> r.covers(truth))) {
            gaps++;
        } else {
            lost++;
            example("not in the Legacy: " + truth);
        }
    }

    private void present(Row truth, Row row) {
        boolean inside = !truth.at.isAfter(until);
        boolean equal = truth.content.equals(row.content);
        if (inside) {
            expected++;
            delivered += equal ? 1 : 0;
            lost += equal ? 0 : 1;
        }
        if (!equal) {
            wrong++;
            example("held: " + truth + "  Legacy: " + row.content);
        }
    }

    private void example(String text) {
        if (examples.size() < EXAMPLES) {
            examples.add(text);
        }
    }

    /** Rows of one file after an instant, with their order checked. */
    private static final class Rows implements AutoCloseable {
        private final Path file;
        private final Instant after;
        private final BufferedReader in;
        private int number;
        private Row before;

        Rows(Path file, Instant after) throws IOException {
            this.file = file;
            this.after = after;
            this.in = Files.newBufferedReader(file);
            if (in.readLine() == null) {
                throw new IOException(file + " is empty: a header line was expected");
            }
            number = 1;
        }

        Row next() throws IOException {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                Row row = parse(line);
                if (before != null && before.compareTo(row) > 0) {
                    throw new IOException(file + " line " + number + " is out of order (meter, channel, time)");
                }
                before = row;
                if (row.at.isAfter(after)) {
                    return row;
                }
            }
            return null;
        }

        private Row parse(String line) throws IOException {
            String[] f = line.split(",", KEY_FIELDS + 1);
            if (f.length != KEY_FIELDS + 1) {
                throw new IOException(file + " line " + number + ": expected meter,channel,time,value,...");
            }
            try {
                return new Row(f[0], f[1], Instant.parse(f[2]), f[3]);
            } catch (DateTimeParseException e) {
                throw new IOException(file + " line " + number + ": " + f[2] + " is no UTC time", e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
