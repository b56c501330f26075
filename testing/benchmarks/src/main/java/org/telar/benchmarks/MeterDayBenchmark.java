package org.telar.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Obis;
import org.telar.harness.Fleet.SimulatedMeter;
import org.telar.harness.HarnessException;

/**
 * What one meter-day costs between reader and meter: 96 rows of clock, status and six channels, a closing of eight
 * registers, identity, status word, alarm register and clock, with HLS5. Round trips as in D14; bytes both ways on the
 * TCP socket, wrapper included, association apart. Every way's values are compared with the simulator's ledger.
 */
final class MeterDayBenchmark implements Benchmark {
    private static final int BIG = 65_535;
    private static final int MIDDLE = 1024;
    private static final int ROWS = 96;
    private static final int VALUES = ROWS * 6 + 8;
    private static final int TEN_DAYS = 960;
    private static final String ARRAY = "TLR-A1";
    private static final String COMPACT = "TLR-G1";
    private static final String TIMELESS = "TLR-M1";

    private static final ReadRequest ORDER = new ReadRequest(
            List.of(),
            List.of(),
            Stream.of(
                            "1.0.1.8.0.255",
                            "1.0.2.8.0.255",
                            "1.0.5.8.0.255",
                            "1.0.6.8.0.255",
                            "1.0.7.8.0.255",
                            "1.0.8.8.0.255")
                    .map(Obis::parse)
                    .toList(),
            true,
            List.of());

    private MeterDayRecording recording = new MeterDayRecording();

    @Override
    public String name() {
        return "meter-day";
    }

    @Override
    public String describe() {
        return "round trips and bytes of one meter-day on the meter's socket, against reading attribute by attribute";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        recording = new MeterDayRecording();
        List<Figure> figures = new ArrayList<>();
        Ways small = measure(context, 256);
        Ways middle = measure(context, MIDDLE);
        Ways big = measure(context, BIG);

        figures.add(Figure.atMost("trips_64k", trips(big.ours), "trips", 1, compared(big.usual)));
        figures.add(Figure.atMost("bytes_64k", big.ours.read().bytes(), "B", 5100, compared(big.usual)));
        figures.add(Figure.atMost("trips_1024", trips(middle.ours), "trips", 6, compared(middle.usual)));
        figures.add(Figure.reported("bytes_1024", middle.ours.read().bytes(), "B", compared(middle.usual)));
        figures.add(Figure.atMost("trips_256", trips(small.ours), "trips", 23, compared(small.usual)));
        figures.add(Figure.reported("bytes_256", small.ours.read().bytes(), "B", compared(small.usual)));
        figures.add(Figure.atMost(
                "bytes_compact_u16",
                big.timeless.read().bytes(),
                "B",
                1750,
                "16-bit increments, no clocks in a complete day, PDU 64K; " + trips(big.timeless) + " trip; at 1024 "
                        + trips(middle.timeless) + " trips, at 256 " + trips(small.timeless)));
        figures.add(Figure.reported(
                "bytes_compact_first_clock",
                big.compact.read().bytes(),
                "B",
                "the same with the first clock and empty ones after it"));
        figures.add(Figure.atLeast(
                "times_fewer_trips_than_usual_1024",
                (double) trips(middle.usual) / trips(middle.ours),
                "x",
                4,
                "attribute by attribute with range and scaler: " + trips(middle.usual) + " trips"));
        figures.add(Figure.reported(
                "times_fewer_trips_whole_1024",
                (double) trips(middle.whole) / trips(middle.ours),
                "x",
                "attribute by attribute with the whole buffer of ten days: " + trips(middle.whole) + " trips, "
                        + middle.whole.read().bytes() + " B"));
        figures.add(Figure.reported(
                "hdlc_frames_128",
                middle.hdlc.read().frames(),
                "frames",
                "both ways, information field of 128 bytes, PDU 1024: "
                        + middle.hdlc.read().bytes() + " B"));
        figures.add(Figure.reported(
                "association_bytes",
                middle.ours.associate().bytes() + middle.ours.release().bytes(),
                "B",
                (middle.ours.associate().up().size()
                                + middle.ours.release().up().size())
                        + " trips: association, challenges, release; not in the figures above"));
        var file = context.installation().home().resolve(".telar/bench/meter-day.csv");
        recording.write(file);
        context.progress().accept("sizes of all APDUs: " + file);
        return figures;
    }

    private record Ways(
            OurReader.Measured ours,
            OurReader.Measured compact,
            OurReader.Measured timeless,
            OurReader.Measured hdlc,
            OurReader.Measured usual,
            OurReader.Measured whole) {}

    private Ways measure(Context context, int pdu) throws HarnessException, IOException, InterruptedException {
        context.progress().accept("PDU " + pdu);
        try (SimulatedDay day =
                SimulatedDay.start(context.installation(), context.work().resolve("pdu-" + pdu), context.seed(), pdu)) {
            OurReader reader = new OurReader();
            UsualReader usual = new UsualReader(reader);
            SimulatedMeter array = day.meter("wrapper", ARRAY);
            SimulatedMeter compact = day.meter("wrapper", COMPACT);
            SimulatedMeter timeless = day.meter("wrapper", TIMELESS);
            SimulatedMeter serial = day.meter("hdlc-tcp", ARRAY);
            day.keepRows(array, TEN_DAYS);
            ReadRequest whole = OurReader.meterDay(day, ROWS);
            Ways ways = new Ways(
                    checked("lists", day, array, reader.read(array, whole, Map.of())),
                    checked("compact", day, compact, reader.read(compact, whole, Map.of())),
                    checked("timeless", day, timeless, reader.read(timeless, whole, Map.of())),
                    checked("HDLC", day, serial, reader.read(serial, whole, Map.of("hdlc-frame", "128"))),
                    checked("usual, range", day, array, usual.read(day, array, true)),
                    checked("usual, whole", day, array, usual.read(day, array, false)));
            if (pdu == MIDDLE) {
                recording.add("association", 0, ways.ours.associate());
                recording.add("release", 0, ways.ours.release());
                recording.add("order", 0, reader.read(array, ORDER, Map.of()).read());
                recording.add(
                        "probe",
                        0,
                        reader.read(array, ReadRequest.probe(), Map.of()).read());
                recording.add("usual", ROWS, ways.usual.read());
                slices("list-1024", day, reader, array, 12, 24, 48, ROWS);
            } else if (pdu == BIG) {
                slices("list-64k", day, reader, array, 12, 24, 48, ROWS);
                slices("compact-64k", day, reader, timeless, 12, 24, 48, ROWS);
            }
            return ways;
        }
    }

    private void slices(String mode, SimulatedDay day, OurReader reader, SimulatedMeter meter, int... sizes)
            throws HarnessException, IOException {
        for (int rows : sizes) {
            recording.add(
                    mode,
                    rows,
                    reader.read(meter, OurReader.meterDay(day, rows), Map.of()).read());
            recording.add(
                    mode + "-next",
                    rows,
                    reader.read(meter, OurReader.slice(day, rows), Map.of()).read());
        }
    }

    private static OurReader.Measured checked(
            String way, SimulatedDay day, SimulatedMeter meter, OurReader.Measured measured)
            throws HarnessException, IOException {
        TreeSet<String> truth = day.truth(meter);
        if (truth.size() != VALUES || !truth.equals(measured.values())) {
            TreeSet<String> wrong = new TreeSet<>(measured.values());
            wrong.removeAll(truth);
            TreeSet<String> lost = new TreeSet<>(truth);
            lost.removeAll(measured.values());
            throw new HarnessException(
                    Bench.NOT_MET,
                    way + ": of " + truth.size() + " values of the ledger (" + VALUES + " expected) " + lost.size()
                            + " were not read and " + wrong.size() + " read otherwise, first: "
                            + (lost.isEmpty() ? wrong : lost)
                                    .stream().findFirst().orElse("none"));
        }
        return measured;
    }

    private static int trips(OurReader.Measured measured) {
        return measured.read().up().size();
    }

    private static String compared(OurReader.Measured usual) {
        return "usual way, by range: " + trips(usual) + " trips, "
                + usual.read().bytes() + " B";
    }
}
