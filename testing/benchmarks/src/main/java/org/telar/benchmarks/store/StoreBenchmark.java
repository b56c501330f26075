package org.telar.benchmarks.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.benchmarks.Benchmark;
import org.telar.benchmarks.Figure;
import org.telar.benchmarks.SimulatedLoad;
import org.telar.harness.HarnessException;
import org.telar.store.sqlite.internal.SqliteStore;

/** Writing, size and reading of the edge's store (R45). Times are medians of rotated runs on the work folder's disk. */
public final class StoreBenchmark implements Benchmark {
    private static final int METERS = 100;
    private static final int DAYS = 8;
    private static final int SINGLE = 3 * METERS;
    private static final int RETAINED_DAYS = 60;
    private static final int RETAINED_METERS = 1000;
    private static final int MONTH = 30;
    private static final int ASKED = 21;
    private static final double MEGABYTE = 1e6;

    @Override
    public String name() {
        return "store";
    }

    @Override
    public String describe() {
        return "the edge's store: writing against raw SQLite and rows, bytes on disk, reading a month";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        try {
            List<Figure> figures = new ArrayList<>();
            writing(context, figures);
            quarters(context, figures);
            retained(context, figures);
            return figures;
        } catch (SQLException | StoreException e) {
            throw new IOException("a store failed: " + e.getMessage(), e);
        }
    }

    private static void writing(Context context, List<Figure> figures)
            throws HarnessException, IOException, InterruptedException, SQLException, StoreException {
        context.progress().accept(METERS + " meters, " + DAYS + " days from the simulator's ledger");
        List<Poll> polls = new ArrayList<>();
        try (SimulatedLoad load = SimulatedLoad.start(context, METERS, 45)) {
            for (int day = DAYS; day > 0; day--) {
                // Without closings: a row per reading has none either.
                load.day(day).forEach(p -> polls.add(profileOnly(p)));
            }
        }
        Path lib = context.work().resolve("lib");
        Path work = context.work().resolve("writing");
        List<RawBlobs.Blobs> blobs = RawBlobs.recorded(Files.createDirectories(work.resolve("recorded")), lib, polls);
        Map<String, Contender.Maker> contenders = new LinkedHashMap<>();
        contenders.put("telar", folder -> new Telar(folder, lib, polls));
        contenders.put("raw", folder -> new RawBlobs(folder, blobs));
        contenders.put("rows", folder -> new RowPerReading(folder, polls));
        Rotation rotation = new Rotation(contenders, work);
        int rounds = context.quick() ? 3 : 7;
        context.progress().accept("one meter-day a transaction, " + rounds + " rounds");
        Map<String, Double> single = rotation.seconds(context.quick() ? METERS : SINGLE, 1, rounds);
        context.progress().accept("100 meter-days a transaction, " + rounds + " rounds");
        Map<String, Double> grouped = rotation.seconds(polls.size(), 100, rounds);
        context.progress().accept("s: " + single + " 100: " + grouped);
        double values = polls.stream().mapToLong(Poll::profileValueCount).sum();
        figures.add(Figure.atLeast(
                "write_vs_raw_sqlite",
                grouped.get("raw") / grouped.get("telar"),
                "x",
                0.7,
                "JDBC with the same blobs ready-made, 100 meter-days a transaction"));
        figures.add(Figure.reported(
                "write_vs_raw_sqlite_1",
                single.get("raw") / single.get("telar"),
                "x",
                "the same, one meter-day a transaction"));
        figures.add(Figure.atLeast(
                "write_vs_rows_1",
                single.get("rows") / single.get("telar"),
                "x",
                3,
                "a row per reading, one meter-day a transaction"));
        figures.add(Figure.atLeast(
                "write_vs_rows_100",
                grouped.get("rows") / grouped.get("telar"),
                "x",
                15,
                "a row per reading, 100 meter-days a transaction"));
        figures.add(Figure.reported(
                "values_per_second", values / grouped.get("telar"), "1/s", "100 meter-days a transaction"));
        figures.add(disk(context.work().resolve("disk"), lib, polls, values));
    }

    private static Poll profileOnly(Poll p) {
        return new Poll(
                p.meter(), p.readAt(), p.path(), p.activity(), p.clockOffset(), p.profiles(), List.of(), List.of());
    }

    private static Figure disk(Path folder, Path lib, List<Poll> polls, double values)
            throws IOException, StoreException {
        try (SqliteStore store = Telar.open(folder, lib)) {
            for (int i = 0; i < polls.size(); i += METERS) {
                store.commitAll(polls.subList(i, i + METERS), Lane.LIVE);
                acknowledge(store);
            }
        }
        return Figure.atMost(
                "disk_bytes_per_reading",
                onDisk(folder) / values,
                "B",
                1.6,
                "database file, " + DAYS + " days of " + METERS + " meters, acknowledged");
    }

    /** A poll every quarter-hour, each a transaction: the block of the day is written again each time. */
    private static void quarters(Context context, List<Figure> figures)
            throws HarnessException, IOException, InterruptedException, StoreException {
        int meters = context.quick() ? 10 : 50;
        context.progress().accept(meters + " meters read each quarter-hour of a day");
        List<List<Poll>> byMeter = new ArrayList<>();
        try (SimulatedLoad load = SimulatedLoad.start(context, meters, 45)) {
            load.day(1).forEach(p -> byMeter.add(SimulatedLoad.quarters(profileOnly(p))));
        }
        Path folder = context.work().resolve("quarters");
        long values = 0;
        long written;
        try (SqliteStore store = Telar.open(folder, context.work().resolve("lib"))) {
            long before = writtenByThisProcess();
            int most = byMeter.stream().mapToInt(List::size).max().orElse(0);
            for (int quarter = 0; quarter < most; quarter++) {
                for (List<Poll> meter : byMeter) {
                    if (quarter < meter.size()) {
                        store.commit(meter.get(quarter), Lane.LIVE);
                        values += meter.get(quarter).profileValueCount();
                    }
                }
                acknowledge(store);
            }
            written = writtenByThisProcess() - before;
        }
        figures.add(Figure.reported(
                "written_bytes_per_reading_15min",
                (double) written / values,
                "B",
                "96 merges a day, a transaction for each poll; all bytes that the process wrote"));
    }

    private static void retained(Context context, List<Figure> figures)
            throws HarnessException, IOException, InterruptedException, StoreException {
        int days = context.quick() ? 10 : RETAINED_DAYS;
        int meters = context.quick() ? METERS : RETAINED_METERS;
        context.progress().accept(days + " days of " + meters + " meters, with their closings");
        Path folder = context.work().resolve("retained");
        List<MeterId> known = new ArrayList<>();
        double month;
        try (SimulatedLoad load = SimulatedLoad.start(context, meters, RETAINED_DAYS + 2);
                SqliteStore store = Telar.open(folder, context.work().resolve("lib"))) {
            for (int day = days; day > 0; day--) {
                List<Poll> polls = load.day(day);
                for (int i = 0; i < polls.size(); i += METERS) {
                    store.commitAll(polls.subList(i, Math.min(polls.size(), i + METERS)), Lane.LIVE);
                }
                acknowledge(store);
                if (known.isEmpty()) {
                    polls.forEach(p -> known.add(p.meter()));
                }
            }
            month = month(store, known, Math.min(days, MONTH), context.seed());
        }
        double scale = (double) RETAINED_DAYS / days * RETAINED_METERS / meters;
        figures.add(Figure.atMost(
                "mb_for_60_days_1000_meters",
                onDisk(folder) / MEGABYTE * scale,
                "MB",
                80,
                scale == 1 ? "database file, closings included" : "scaled from " + days + " days of " + meters));
        figures.add(Figure.reported(
                "read_meter_month_ms",
                month,
                "ms",
                "median of " + ASKED + " meters, " + Math.min(days, MONTH) + " days each, from that store"));
    }

    private static double month(SqliteStore store, List<MeterId> meters, int days, long seed) throws StoreException {
        Random random = new Random(seed);
        Instant until = SimulatedLoad.midnight(0);
        TimeRange range = new TimeRange(until.minus(Duration.ofDays(days)), until);
        double[] millis = new double[ASKED];
        for (int i = 0; i < ASKED; i++) {
            MeterId meter = meters.get(random.nextInt(meters.size()));
            long begin = System.nanoTime();
            List<ProfileBlock> blocks = store.profile(meter, Obis.LOAD_PROFILE, range);
            millis[i] = (System.nanoTime() - begin) / 1e6;
            if (blocks.isEmpty()) {
                throw new StoreException("the store gave nothing of meter " + meter.number());
            }
        }
        Arrays.sort(millis);
        return millis[ASKED / 2];
    }

    private static void acknowledge(SqliteStore store) throws StoreException {
        store.acknowledge(new Acknowledgement(store.epoch(), store.lastSequence(), List.of()));
    }

    private static long onDisk(Path folder) throws IOException {
        return Files.size(folder.resolve("store.db"));
    }

    /** Bytes handed to write calls since the process began, as the kernel counts them. */
    private static long writtenByThisProcess() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith("wchar:")) {
                return Long.parseLong(line.substring("wchar:".length()).strip());
            }
        }
        throw new IOException("/proc/self/io does not tell what this process wrote");
    }
}
