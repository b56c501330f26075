package org.telar.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.telar.api.model.Column;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;
import org.telar.harness.ClockControl;
import org.telar.harness.HarnessException;
import org.telar.harness.Ports;
import org.telar.harness.SimulatorProcess;

/** Data of the seeded simulator, through its ledgers, in the product's own form. Not thread-safe. */
public final class SimulatedLoad implements AutoCloseable {
    /** Zone of the simulated meters. */
    public static final ZoneId ZONE = ZoneId.of("America/Santiago");

    private static final Duration PERIOD = Duration.ofMinutes(15);
    /** D of registers, in tenths of a unit with the meters that capture them. */
    private static final int REGISTER = 8;

    private final SimulatorProcess simulator;
    private final Path file;

    private SimulatedLoad(SimulatorProcess simulator, Path file) {
        this.simulator = simulator;
        this.file = file;
    }

    /** @param bufferDays how far the meters remember */
    public static SimulatedLoad start(Benchmark.Context context, int meters, int bufferDays)
            throws HarnessException, IOException, InterruptedException {
        ClockControl clock = new ClockControl(context.work().resolve("clock"));
        SimulatorProcess.Spec spec = new SimulatorProcess.Spec(
                meters,
                bufferDays,
                context.seed(),
                Ports.freeBlock().simulator(),
                context.work().resolve("simulator"),
                clock.file(),
                context.work().resolve("simulator.log"),
                Map.of());
        return new SimulatedLoad(
                SimulatorProcess.start(context.installation(), spec),
                context.work().resolve("ledger.csv"));
    }

    /** First instant of a local day, counted back from today. */
    public static Instant midnight(int daysAgo) {
        return LocalDate.now(ZONE).minusDays(daysAgo).atStartOfDay(ZONE).toInstant();
    }

    public LedgerData profiles(Instant after, Instant until) throws HarnessException, IOException {
        simulator.ledger("ledger", after, until, file);
        return LedgerData.read(file);
    }

    /** The polls of one local day, a meter each: its quarter-hours and the closing at its end. */
    public List<Poll> day(int daysAgo) throws HarnessException, IOException {
        Instant from = midnight(daysAgo);
        Instant until = midnight(daysAgo - 1);
        Map<String, List<RegisterSet>> closings = closings(from, until);
        List<Poll> polls = new ArrayList<>();
        profiles(from, until)
                .meters()
                .forEach((meter, channels) ->
                        polls.add(poll(meter, channels, until, closings.getOrDefault(meter, List.of()))));
        return polls;
    }

    private Map<String, List<RegisterSet>> closings(Instant after, Instant until) throws HarnessException, IOException {
        simulator.ledger("closings", after, until, file);
        Map<String, TreeMap<Instant, List<RegisterValue>>> rows = new HashMap<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            in.readLine();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] f = line.split(",", -1);
                Obis register = Obis.parse(f[1]);
                Optional<Instant> occurred = f[4].isEmpty() ? Optional.empty() : Optional.of(Instant.parse(f[4]));
                long tenths = new BigDecimal(f[3]).movePointRight(1).longValueExact();
                rows.computeIfAbsent(f[0], m -> new TreeMap<>())
                        .computeIfAbsent(Instant.parse(f[2]), t -> new ArrayList<>())
                        .add(new RegisterValue(register, new Unit(-1, unit(register)), tenths, occurred));
            }
        }
        Map<String, List<RegisterSet>> sets = new HashMap<>();
        rows.forEach((meter, byStamp) ->
                byStamp.forEach((stamp, values) -> sets.computeIfAbsent(meter, m -> new ArrayList<>())
                        .add(new RegisterSet(RegisterKind.DAILY, Obis.DAILY_CLOSING, stamp, 0, values))));
        return sets;
    }

    /** What an agent makes of these samples. */
    public static Poll poll(
            String meter,
            Map<Obis, TreeMap<Instant, LedgerData.Sample>> channels,
            Instant readAt,
            List<RegisterSet> closings) {
        TreeMap<Instant, LedgerData.Sample> first = channels.values().iterator().next();
        int slots = (int) Duration.between(first.firstKey(), first.lastKey()).dividedBy(PERIOD) + 1;
        int[] status = new int[slots];
        for (int i = 0; i < slots; i++) {
            LedgerData.Sample sample = first.get(first.firstKey().plus(PERIOD.multipliedBy(i)));
            status[i] = sample == null ? ProfileBlock.MISSING : sample.status();
        }
        List<Column> columns = new ArrayList<>();
        channels.forEach((obis, samples) -> columns.add(column(obis, samples, first.firstKey(), slots)));
        ProfileBlock block = new ProfileBlock(Obis.LOAD_PROFILE, first.firstKey(), PERIOD, columns, status, List.of());
        return new Poll(
                new MeterId(meter),
                readAt.plusSeconds(90),
                "plc",
                Optional.of("n2pload-000001"),
                Optional.of(Duration.ofMillis(1200)),
                List.of(block),
                closings,
                List.of());
    }

    /** The same poll, cut into one for each of its quarter-hours. */
    public static List<Poll> quarters(Poll day) {
        ProfileBlock block = day.profiles().get(0);
        List<Poll> quarters = new ArrayList<>();
        for (int i = 0; i < block.slots(); i++) {
            int slot = i;
            List<Column> columns = block.columns().stream()
                    .map(c -> new Column(c.channel(), c.unit(), new long[] {c.values()[slot]}))
                    .toList();
            ProfileBlock quarter = new ProfileBlock(
                    block.profile(), block.endOf(i), block.period(), columns, new int[] {block.status()[i]}, List.of());
            quarters.add(new Poll(
                    day.meter(),
                    block.endOf(i).plusSeconds(90),
                    day.path(),
                    day.activity(),
                    day.clockOffset(),
                    List.of(quarter),
                    List.of(),
                    List.of()));
        }
        return quarters;
    }

    private static Column column(Obis obis, TreeMap<Instant, LedgerData.Sample> samples, Instant first, int slots) {
        // Meters that capture registers count in tenths, the others in whole units (D6, D7).
        boolean tenths = obis.d() == REGISTER;
        long[] values = new long[slots];
        for (int i = 0; i < slots; i++) {
            LedgerData.Sample sample = samples.get(first.plus(PERIOD.multipliedBy(i)));
            values[i] = sample == null ? Column.ABSENT : tenths ? sample.tenths() : sample.tenths() / 10;
        }
        return new Column(obis, new Unit(tenths ? -1 : 0, unit(obis)), values);
    }

    private static int unit(Obis obis) {
        return obis.c() <= 2 ? Unit.WATT_HOUR : Unit.VAR_HOUR;
    }

    @Override
    public void close() {
        simulator.close();
    }
}
