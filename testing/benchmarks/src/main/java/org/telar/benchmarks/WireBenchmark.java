package org.telar.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
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
import org.telar.api.model.PollCodec;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.Unit;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.harness.ClockControl;
import org.telar.harness.HarnessException;
import org.telar.harness.Ports;
import org.telar.harness.SimulatorProcess;

/**
 * What a reading costs on the wire: payload of batches of 100 meter-days, whole local days of 96 quarter-hours and six
 * channels, as the agent sends them. The values come from the simulator's ledger, the bytes from the product's codec.
 */
final class WireBenchmark implements Benchmark {
    private static final int BATCH = 100;
    private static final Duration PERIOD = Duration.ofMinutes(15);
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");

    @Override
    public String name() {
        return "wire";
    }

    @Override
    public String describe() {
        return "bytes per reading of MQTT payload, in batches of 100 meter-days of simulated load";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        int meters = context.quick() ? BATCH : 3 * BATCH;
        Instant until = Instant.now().atZone(ZONE).truncatedTo(ChronoUnit.DAYS).toInstant();
        Instant from = until.atZone(ZONE).minusDays(1).toInstant();
        context.progress().accept(meters + " meters, the local day from " + from + " to " + until);
        LedgerData data = ledger(context, meters, from, until);

        long readings = 0;
        long json = 0;
        List<Batch.Entry> entries = new ArrayList<>();
        long wire = 0;
        Entropy entropy = new Entropy();
        for (Map.Entry<String, Map<Obis, TreeMap<Instant, LedgerData.Sample>>> meter :
                data.meters().entrySet()) {
            byte[] poll = PollCodec.encode(poll(meter.getKey(), meter.getValue(), until));
            entries.add(new Batch.Entry(entries.size() + 1L, poll));
            for (Map.Entry<Obis, TreeMap<Instant, LedgerData.Sample>> channel :
                    meter.getValue().entrySet()) {
                readings += channel.getValue().size();
                json += jsonRows(meter.getKey(), channel.getKey(), channel.getValue());
                entropy.add(channel.getKey(), channel.getValue());
            }
            if (entries.size() == BATCH) {
                wire += payload(entries);
                entries.clear();
            }
        }
        wire += entries.isEmpty() ? 0 : payload(entries);
        double perReading = (double) wire / readings;
        return List.of(
                Figure.atMost("bytes_per_reading", perReading, "B", 1.0, "0.7 to 0.9 by a trial on synthetic data"),
                Figure.atLeast(
                        "times_smaller_than_json_rows",
                        (double) json / wire,
                        "x",
                        60,
                        Figure.plain((double) json / readings) + " B per JSON row {meter,obis,ts,value,quality}"),
                Figure.reported(
                        "times_entropy_floor",
                        wire / entropy.floorBytes(),
                        "x",
                        "order-0 entropy of the increments, per channel: "
                                + Figure.plain(entropy.floorBytes() / readings) + " B per reading"),
                Figure.reported("readings", readings, "values", ""),
                Figure.reported("payload", wire, "B", ""));
    }

    private static LedgerData ledger(Context context, int meters, Instant from, Instant until)
            throws HarnessException, IOException, InterruptedException {
        ClockControl clock = new ClockControl(context.work().resolve("clock"));
        SimulatorProcess.Spec spec = new SimulatorProcess.Spec(
                meters,
                45,
                context.seed(),
                Ports.freeBlock().simulator(),
                context.work().resolve("simulator"),
                clock.file(),
                context.work().resolve("simulator.log"),
                Map.of());
        Path file = context.work().resolve("ledger.csv");
        try (SimulatorProcess simulator = SimulatorProcess.start(context.installation(), spec)) {
            simulator.ledger("ledger", from, until, file);
        }
        return LedgerData.read(file);
    }

    private static Poll poll(String meter, Map<Obis, TreeMap<Instant, LedgerData.Sample>> channels, Instant readAt) {
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
                List.of(),
                List.of());
    }

    private static Column column(Obis obis, TreeMap<Instant, LedgerData.Sample> samples, Instant first, int slots) {
        // Meters that capture registers (D = 8) count in tenths, the others in whole units (D6, D7).
        boolean tenths = obis.d() == 8;
        long[] values = new long[slots];
        for (int i = 0; i < slots; i++) {
            LedgerData.Sample sample = samples.get(first.plus(PERIOD.multipliedBy(i)));
            values[i] = sample == null ? Column.ABSENT : tenths ? sample.tenths() : sample.tenths() / 10;
        }
        int unit = obis.c() <= 2 ? Unit.WATT_HOUR : Unit.VAR_HOUR;
        return new Column(obis, new Unit(tenths ? -1 : 0, unit), values);
    }

    private static int payload(List<Batch.Entry> entries) {
        return Contract.encode(new Batch("gw-0001", 1, OutboxKind.READINGS, entries)).length;
    }

    private static long jsonRows(String meter, Obis obis, TreeMap<Instant, LedgerData.Sample> samples) {
        long bytes = 0;
        for (Map.Entry<Instant, LedgerData.Sample> s : samples.entrySet()) {
            bytes += ("{\"meter\":\"" + meter + "\",\"obis\":\"" + obis + "\",\"ts\":\"" + s.getKey()
                            + "\",\"value\":" + s.getValue().text() + ",\"quality\":\""
                            + s.getValue().quality() + "\"}")
                    .length();
        }
        return bytes;
    }

    /** Order-0 entropy of the increments of each channel: no coder without a model of the load goes below. */
    private static final class Entropy {
        private final Map<Integer, Map<Long, Integer>> counts = new HashMap<>();

        void add(Obis obis, TreeMap<Instant, LedgerData.Sample> samples) {
            Map<Long, Integer> seen = counts.computeIfAbsent(obis.c(), c -> new HashMap<>());
            long before = 0;
            boolean first = true;
            for (LedgerData.Sample s : samples.values()) {
                if (obis.d() != 8) {
                    seen.merge(s.tenths() / 10, 1, Integer::sum);
                } else if (!first) {
                    seen.merge(s.tenths() - before, 1, Integer::sum);
                }
                first = false;
                before = s.tenths();
            }
        }

        double floorBytes() {
            double bits = 0;
            for (Map<Long, Integer> seen : counts.values()) {
                double n = seen.values().stream().mapToInt(Integer::intValue).sum();
                for (int count : seen.values()) {
                    bits -= count * Math.log(count / n) / Math.log(2);
                }
            }
            return bits / 8;
        }
    }
}
