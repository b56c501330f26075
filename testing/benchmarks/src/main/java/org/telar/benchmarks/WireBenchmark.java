package org.telar.benchmarks;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.telar.api.model.Obis;
import org.telar.api.model.PollCodec;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.harness.HarnessException;

/**
 * What a reading costs on the wire: payload of batches of 100 meter-days, whole local days of 96 quarter-hours and six
 * channels, as the agent sends them. The values come from the simulator's ledger, the bytes from the product's codec.
 */
final class WireBenchmark implements Benchmark {
    private static final int BATCH = 100;

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
        Instant until = Instant.now()
                .atZone(SimulatedLoad.ZONE)
                .truncatedTo(ChronoUnit.DAYS)
                .toInstant();
        Instant from = until.atZone(SimulatedLoad.ZONE).minusDays(1).toInstant();
        context.progress().accept(meters + " meters, the local day from " + from + " to " + until);
        LedgerData data;
        try (SimulatedLoad load = SimulatedLoad.start(context, meters, 45)) {
            data = load.profiles(from, until);
        }

        long readings = 0;
        long json = 0;
        List<Batch.Entry> entries = new ArrayList<>();
        long wire = 0;
        Entropy entropy = new Entropy();
        for (Map.Entry<String, Map<Obis, TreeMap<Instant, LedgerData.Sample>>> meter :
                data.meters().entrySet()) {
            byte[] poll = PollCodec.encode(SimulatedLoad.poll(meter.getKey(), meter.getValue(), until, List.of()));
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

    private static int payload(List<Batch.Entry> entries) {
        return Contract.encode(new Batch("gw-0001", 1, OutboxKind.READINGS, entries)).length;
    }

    static long jsonRows(String meter, Obis obis, TreeMap<Instant, LedgerData.Sample> samples) {
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
