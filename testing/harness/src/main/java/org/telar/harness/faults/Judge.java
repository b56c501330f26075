package org.telar.harness.faults;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.telar.harness.CarriedTwice;
import org.telar.harness.HarnessException;
import org.telar.harness.LedgerJudge;
import org.telar.harness.LedgerJudge.GapReport;
import org.telar.harness.LedgerJudge.Verdict;
import org.telar.harness.LegacyExport;
import org.telar.harness.XmlFolders;

/**
 * Judges what arrived in the Legacy against the meters' ledger. Every round has a window of its own, which begins where
 * the one before ended. One thread.
 */
final class Judge {
    private static final long SLOT = Duration.ofMinutes(15).toSeconds();

    private final Rig rig;
    private Instant after;
    private long carriedTwice;

    /**
     * A round's outcome.
     *
     * @param duplicates Legacy keys occurring twice, and unchanged samples carried again by a file of this round
     */
    record Outcome(Verdict verdict, long duplicates) {}

    Judge(Rig rig) {
        this.rig = rig;
        this.after = rig.began();
    }

    Instant after() {
        return after;
    }

    /** The last interval end that every meter can have been asked for by now. */
    Instant until() {
        return Instant.ofEpochSecond(rig.clock().now().minusSeconds(60).getEpochSecond() / SLOT * SLOT);
    }

    /** Writes down what the meters hold now. */
    Round.Truth truth(List<GapReport> gaps) throws HarnessException {
        Instant until = until();
        ledger(rig.clock().now());
        return new Round.Truth(until, gaps);
    }

    /** How many values are expected in the Legacy up to an instant, by the ledger as it was written last. */
    long expected(Instant until) throws IOException {
        Set<String> meters = rig.registered();
        try (BufferedReader in = Files.newBufferedReader(file("ledger.csv"))) {
            return in.lines()
                    .skip(1)
                    .filter(l -> meters.contains(l.substring(0, l.indexOf(','))))
                    .filter(l -> !Instant.parse(l.split(",", 4)[2]).isAfter(until))
                    .count();
        }
    }

    /** How many values of the window are in the Legacy. */
    long loaded(Instant until) throws HarnessException, SQLException {
        try (Connection legacy = rig.collector().database("legacy");
                PreparedStatement s =
                        legacy.prepareStatement("SELECT count(*) FROM lp_sample WHERE interval_end_utc > ?"
                                + " AND interval_end_utc <= ? AND meter = ANY (?)")) {
            s.setTimestamp(1, java.sql.Timestamp.from(after));
            s.setTimestamp(2, java.sql.Timestamp.from(until));
            s.setArray(3, legacy.createArrayOf("text", rig.registered().toArray()));
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return r.getLong(1);
            }
        }
    }

    /** Judges the window up to {@code until} and begins the next one. */
    Outcome pass(Round.Truth truth, boolean fresh) throws HarnessException, IOException, SQLException {
        if (fresh) {
            ledger(rig.clock().now());
        }
        long before = carriedTwice;
        try (Connection legacy = rig.collector().database("legacy")) {
            carriedTwice = CarriedTwice.count(XmlFolders.loaded(rig.data(), LegacyExport.loadedFiles(legacy)))
                    .duplicates();
            LegacyExport.profile(legacy, after, file("legacy.csv"));
        }
        only(file("ledger.csv"), file("ledger-known.csv"));
        only(file("legacy.csv"), file("legacy-known.csv"));
        Verdict verdict = LedgerJudge.judge(
                file("ledger-known.csv"), file("legacy-known.csv"), after, truth.until(), truth.gaps());
        after = truth.until();
        return new Outcome(verdict, verdict.duplicates() + carriedTwice - before);
    }

    private void ledger(Instant now) throws HarnessException {
        rig.simulator().ledger("ledger", after, now, file("ledger.csv"));
    }

    /** Rows of registered meters. */
    private void only(Path from, Path to) throws IOException {
        Set<String> meters = rig.registered();
        try (BufferedReader in = Files.newBufferedReader(from);
                BufferedWriter out = Files.newBufferedWriter(to)) {
            out.write(in.readLine() + "\n");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (meters.contains(line.substring(0, line.indexOf(',')))) {
                    out.write(line);
                    out.write('\n');
                }
            }
        }
    }

    /** What the collector says it does not hold, and why. */
    List<GapReport> gapReports() throws HarnessException, SQLException {
        List<GapReport> reports = new ArrayList<>();
        try (Connection smmc = rig.collector().database("smmc");
                Statement s = smmc.createStatement();
                ResultSet r = s.executeQuery("SELECT m.meter_no, g.from_ts, g.to_ts, g.cause FROM load_gap g"
                        + " JOIN meter m USING (meter_id) WHERE g.cause <> ''")) {
            while (r.next()) {
                reports.add(new GapReport(
                        r.getString(1),
                        r.getTimestamp(2).toInstant(),
                        r.getTimestamp(3).toInstant(),
                        r.getString(4)));
            }
        }
        return reports;
    }

    /** How many events of each code the centre has. */
    Map<String, Long> events() throws HarnessException, SQLException {
        Map<String, Long> counts = new HashMap<>();
        try (Connection smmc = rig.collector().database("smmc");
                Statement s = smmc.createStatement();
                ResultSet r = s.executeQuery("SELECT code, count(*) FROM event GROUP BY code")) {
            while (r.next()) {
                counts.put(r.getString(1), r.getLong(2));
            }
        }
        return counts;
    }

    /** One number from the central database. */
    long central(String query) throws HarnessException, SQLException {
        return number("smmc", query);
    }

    /** One number from the Legacy. */
    long legacy(String query) throws HarnessException, SQLException {
        return number("legacy", query);
    }

    private long number(String database, String query) throws HarnessException, SQLException {
        try (Connection c = rig.collector().database(database);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(query)) {
            return r.next() ? r.getLong(1) : 0;
        }
    }

    private Path file(String name) {
        return rig.data().resolve(name);
    }
}
