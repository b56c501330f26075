package org.telar.benchmarks.cim;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.postgresql.PGConnection;
import org.telar.api.model.Poll;
import org.telar.benchmarks.Benchmark;
import org.telar.benchmarks.Figure;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReading;
import org.telar.collector.integration.cim.MeterReadingsReader;
import org.telar.collector.integration.cim.MeterReadingsWriter;
import org.telar.collector.integration.cim.MeterRef;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.XmlLimits;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.loader.Integrator;
import org.telar.collector.integration.loader.LoaderSettings;
import org.telar.harness.HarnessException;

/**
 * From a file to committed packed rows with their journal, on a real PostgreSQL with durable settings, against the same
 * file parsed and validated into nothing; five rounds whose order rotates, medians. Every load is of a new day, and what
 * it loaded is counted.
 */
public final class LoadBenchmark implements Benchmark {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant FIRST_END = Instant.parse("2026-11-01T03:15:00Z");
    private static final int WARM = 3;
    private static final int ROUNDS = 5;
    private static final String ROWS = "lp_day";

    private final ReadingTypes types = new ReadingTypes(Optional.empty());
    private final Qualities qualities = new Qualities(Optional.empty());

    @Override
    public String name() {
        return "load";
    }

    @Override
    public String describe() {
        return "CIM XML files into the Legacy database, against parsing and validating alone";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        try (BenchDatabases databases = BenchDatabases.start(context.work())) {
            return measure(context, databases);
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the measurement failed: " + e, e);
        }
    }

    private List<Figure> measure(Context context, BenchDatabases databases) throws Exception {
        int meters = context.quick() ? 100 : 500;
        long values = (long) meters * SampleDays.SLOTS * SampleDays.CHANNELS;
        context.progress().accept(meters + " meter-days a file, " + values + " values, " + ROUNDS + " rounds");
        double[] parse = new double[ROUNDS];
        double[] load = new double[ROUNDS];
        LegacyFolder folder = new LegacyFolder(context.work().resolve("legacy"));
        for (int round = -WARM; round < ROUNDS; round++) {
            Path file = file(context, meters, round + WARM);
            for (int k = 0; k < 2; k++) {
                boolean loading = (k + round & 1) == 0;
                double took = loading ? load(databases, folder, file, values) : parse(file, values);
                if (round >= 0) {
                    (loading ? load : parse)[round] = took;
                }
            }
            Files.deleteIfExists(file);
        }
        double raw = rawCopy(databases);
        double loaded = median(load);
        DayOfMeters day = new DayOfMeters(databases, context.work(), types, qualities);
        int many = context.quick() ? 1_000 : 10_000;
        double seconds = day.run(many, context.seed(), context.progress()) * 10_000 / many;
        return List.of(
                Figure.atLeast(
                        "load_vs_parse_validate",
                        median(parse) / loaded,
                        "x",
                        0.5,
                        Figure.plain(values / loaded / 1e3) + " M values/s committed, "
                                + Figure.plain(values / median(parse) / 1e3) + " parsed and validated"),
                Figure.reported(
                        "day_of_10000_meters_s",
                        seconds,
                        "s",
                        "5.8 million values from ingest's commit to the Legacy's, queue and files included"
                                + (many == 10_000 ? "" : ", from " + many)),
                Figure.reported(
                        "raw_copy_ratio",
                        raw / (loaded / values),
                        "x",
                        "binary COPY of the same packed rows takes " + Figure.plain(1 / raw / 1e3) + " M values/s"));
    }

    private Path file(Context context, int meters, int day) throws Exception {
        Path file = context.work().resolve("file-" + day + ".xml");
        MessageHeader header = new MessageHeader(
                "created",
                "MeterReadings",
                Optional.of(FIRST_END),
                "SMMC-HES",
                "bench-" + day,
                "bench",
                Map.of(MessageHeader.DATA_TYPE, "LOAD_PROFILE"));
        Instant first = FIRST_END.plus(Duration.ofDays(day));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                MeterReadingsWriter writer = new MeterReadingsWriter(out, header, ZONE, types, qualities, false)) {
            for (Poll poll : SampleDays.polls(meters, first, context.seed() + day)) {
                writer.meter(MeterRef.of(poll.meter().number(), ZONE, 1), List.of(poll));
            }
        }
        return file;
    }

    /** Milliseconds. */
    private double parse(Path file, long values) throws Exception {
        long[] seen = new long[1];
        long start = System.nanoTime();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            MeterReadingsReader.read(in, XmlLimits.DEFAULT, true, qualities, new MeterReadingsReader.Sink() {
                @Override
                public void header(MessageHeader header) {
                    // into nothing
                }

                @Override
                public void meterReading(MeterReading reading) {
                    reading.blocks().forEach(b -> seen[0] += b.size());
                }
            });
        }
        double took = (System.nanoTime() - start) / 1e6;
        check(seen[0], values, "parsed");
        return took;
    }

    /** Milliseconds from the integrator's first look to the commit. */
    private double load(BenchDatabases databases, LegacyFolder folder, Path file, long values) throws Exception {
        Files.copy(file, folder.inbox().resolve(file.getFileName()));
        long[] committed = new long[1];
        Integrator integrator = new Integrator(
                databases.legacy(),
                folder,
                settings(),
                types,
                qualities,
                Clock.systemUTC(),
                System::nanoTime,
                (code, subject, text) -> {},
                arrow -> committed[0] = arrow == Arrows.Arrow.COMMITTED ? System.nanoTime() : committed[0]);
        long start = System.nanoTime();
        integrator.scan();
        check(
                databases.number("SELECT coalesce(sum(n_loaded), 0) FROM file_journal WHERE name = '"
                        + file.getFileName() + "' AND state = 'LOADED'"),
                values,
                "loaded");
        return (committed[0] - start) / 1e6;
    }

    static LoaderSettings settings() {
        LoaderSettings s = LoaderSettings.standard(ZONE);
        return new LoaderSettings(
                s.directory(),
                s.limits(),
                s.retryAfter(),
                s.maximumAttempts(),
                Duration.ZERO,
                s.keepArchive(),
                s.trustedSources(),
                s.batchValues());
    }

    /** Milliseconds a value that a binary COPY of the same rows takes, into a table like theirs. */
    private static double rawCopy(BenchDatabases databases) throws SQLException, IOException {
        double[] took = new double[ROUNDS];
        long values = 0;
        try (Connection db = databases.legacy().getConnection();
                Statement s = db.createStatement()) {
            var copy = db.unwrap(PGConnection.class).getCopyAPI();
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            copy.copyOut("COPY (SELECT * FROM " + ROWS + ") TO STDOUT (FORMAT binary)", rows);
            values = databases.number("SELECT sum(n_present) FROM " + ROWS);
            s.execute("CREATE TABLE raw_copy (LIKE " + ROWS + ")");
            for (int i = -1; i < ROUNDS; i++) {
                s.execute("TRUNCATE raw_copy");
                long start = System.nanoTime();
                copy.copyIn("COPY raw_copy FROM STDIN (FORMAT binary)", new ByteArrayInputStream(rows.toByteArray()));
                if (i >= 0) {
                    took[i] = (System.nanoTime() - start) / 1e6;
                }
            }
            s.execute("DROP TABLE raw_copy");
        }
        return median(took) / values;
    }

    private static double median(double[] took) {
        double[] sorted = took.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    static void check(long got, long expected, String what) {
        if (got != expected) {
            throw new IllegalStateException(what + ": " + got + " values, expected " + expected);
        }
    }
}
