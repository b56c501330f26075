package org.telar.e2e.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.telar.harness.Await;
import org.telar.harness.CarriedTwice;
import org.telar.harness.HarnessException;
import org.telar.harness.LedgerJudge;
import org.telar.harness.LedgerJudge.GapReport;
import org.telar.harness.LedgerJudge.Verdict;
import org.telar.harness.LegacyExport;
import org.telar.harness.Narrator;
import org.telar.harness.TelarSystem;
import org.telar.harness.XmlFolders;

/** Writes ledger and Legacy side by side and compares them. */
final class Judgement {
    private static final Duration SETTLE = Duration.ofSeconds(60);

    private final TelarSystem system;
    private final Narrator tell;
    private final Instant after;
    private final Instant until;

    /** Judges interval ends in (after, until]. */
    Judgement(TelarSystem system, Narrator tell, Instant after, Instant until) {
        this.system = system;
        this.tell = tell;
        this.after = after;
        this.until = until;
    }

    /** Waits until the Legacy holds as many values as the meters did, or gives up waiting: the verdict tells then. */
    void settle() throws HarnessException, InterruptedException, SQLException {
        tell.section("6  Judgement", "6  Juicio");
        long expected = system.simulator().ledger("ledger", after, until, file("ledger.csv"));
        long closings = system.simulator().ledger("closings", after, until, file("closings-ledger.csv"));
        awaitLegacy(system, tell, after, expected, SETTLE);
        try (Connection legacy = system.collector().database("legacy")) {
            Await.untilTrue("the last closings in the Legacy", SETTLE, () -> {
                try {
                    return Optional.of(LegacyExport.countClosings(legacy, after) >= closings);
                } catch (SQLException e) {
                    throw refused(e);
                }
            });
        } catch (HarnessException late) {
            toleratedIfLate(late, tell);
        }
    }

    /**
     * Waits until the Legacy holds as many profile values, or gives up waiting and says so.
     *
     * @return how many it holds
     */
    static long awaitLegacy(TelarSystem system, Narrator tell, Instant after, long expected, Duration deadline)
            throws HarnessException, InterruptedException, SQLException {
        try (Connection legacy = system.collector().database("legacy")) {
            try {
                Await.untilTrue("the files in the Legacy", deadline, Duration.ofMillis(500), () -> {
                    try {
                        long loaded = LegacyExport.countProfile(legacy, after);
                        // A file is loaded as a whole: before the first one is, zero would say too little.
                        tell.progress(
                                loaded == 0
                                        ? "the XML files are being written, checked and loaded"
                                        : loaded + " of " + expected + " values in the Legacy",
                                loaded == 0
                                        ? "los archivos XML se escriben, validan y cargan"
                                        : loaded + " de " + expected + " valores en Legacy");
                        return Optional.of(loaded >= expected);
                    } catch (SQLException e) {
                        throw refused(e);
                    }
                });
            } catch (HarnessException late) {
                toleratedIfLate(late, tell);
            }
            return LegacyExport.countProfile(legacy, after);
        }
    }

    private static HarnessException refused(SQLException e) {
        return new HarnessException(HarnessException.UNEXPECTED, "The Legacy refuses: " + e.getMessage(), e);
    }

    /** The verdict tells what is missing; here nobody is left waiting for ever. */
    private static void toleratedIfLate(HarnessException late, Narrator tell) throws HarnessException {
        if (late.exitCode() != HarnessException.TIMEOUT) {
            throw late;
        }
        tell.line("the Legacy did not get everything in time", "Legacy no recibió todo a tiempo");
    }

    Outcome pass(DemoOptions options, List<String> media, Supplier<Outcome.Figures> measured)
            throws HarnessException, IOException, SQLException {
        Instant now = system.clock().now();
        // Beyond the window too: what came later must be right as well.
        system.simulator().ledger("ledger", after, now, file("ledger.csv"));
        system.simulator().ledger("closings", after, now, file("closings-ledger.csv"));
        CarriedTwice.Count carried;
        try (Connection legacy = system.collector().database("legacy")) {
            carried = CarriedTwice.count(XmlFolders.loaded(system.plan().data(), LegacyExport.loadedFiles(legacy)));
            LegacyExport.profile(legacy, after, file("legacy.csv"));
            LegacyExport.closings(legacy, after, file("closings-legacy.csv"));
        }
        List<GapReport> gaps = gapReports();
        Verdict profile = LedgerJudge.judge(file("ledger.csv"), file("legacy.csv"), after, until, gaps);
        Verdict closings =
                LedgerJudge.judge(file("closings-ledger.csv"), file("closings-legacy.csv"), after, until, List.of());
        return new Outcome(options, media, profile, closings, carried, measured.get());
    }

    /** What the collector says it does not hold, and why. */
    private List<GapReport> gapReports() throws HarnessException, SQLException {
        List<GapReport> reports = new ArrayList<>();
        try (Connection smmc = system.collector().database("smmc");
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

    /** How many profile values of these meters the Legacy holds after an instant. */
    static long profileRows(TelarSystem system, Set<String> meters, Instant after)
            throws HarnessException, SQLException {
        try (Connection legacy = system.collector().database("legacy");
                PreparedStatement s = legacy.prepareStatement(
                        "SELECT count(*) FROM lp_sample WHERE interval_end_utc > ? AND meter = ANY (?)")) {
            Array numbers = legacy.createArrayOf("text", meters.toArray());
            s.setTimestamp(1, Timestamp.from(after));
            s.setArray(2, numbers);
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return r.getLong(1);
            }
        }
    }

    private Path file(String name) {
        return system.plan().data().resolve(name);
    }
}
