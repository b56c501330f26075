package org.telar.benchmarks.cim;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.xml.stream.XMLStreamException;

import jakarta.xml.bind.JAXBContext;
import jakarta.xml.bind.JAXBException;
import jakarta.xml.bind.Unmarshaller;
import org.telar.api.model.Poll;
import org.telar.benchmarks.Benchmark;
import org.telar.benchmarks.Figure;
import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReading;
import org.telar.collector.integration.cim.MeterReadingsReader;
import org.telar.collector.integration.cim.MeterReadingsWriter;
import org.telar.collector.integration.cim.MeterRef;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.Schemas;
import org.telar.collector.integration.cim.XmlLimits;
import org.telar.harness.HarnessException;

/**
 * The product's writer and reader against JAXB: same values, same document, one process, five rounds whose order
 * rotates, medians. JAXB writes objects that are ready, so building them is not counted against it.
 */
public final class CimBenchmark implements Benchmark {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant FIRST_END = Instant.parse("2026-11-01T03:15:00Z");
    private static final int SLOTS = SampleDays.SLOTS;
    private static final int CHANNELS = SampleDays.CHANNELS;
    private static final int ROUNDS = 5;
    private static final int CHECK_EVERY = 250;

    private final ReadingTypes types = new ReadingTypes(Optional.empty());
    private final Qualities qualities = new Qualities(Optional.empty());

    private interface Trial {
        void run() throws Exception;
    }

    @Override
    public String name() {
        return "cim";
    }

    @Override
    public String describe() {
        return "CIM XML written, read and validated, against JAXB on the same objects";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        try {
            return measure(context);
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the measurement failed: " + e, e);
        }
    }

    private List<Figure> measure(Context context) throws Exception {
        int meters = context.quick() ? 60 : 300;
        long values = (long) meters * SLOTS * CHANNELS;
        context.progress().accept(meters + " meter-days, " + values + " values, " + ROUNDS + " rounds");
        // First of all: what is freed later would hide what it needs.
        double heap = heapOfMillion(context);
        List<Poll> polls = SampleDays.polls(meters, FIRST_END, context.seed());
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        write(polls, message);
        byte[] payload = payload(message);
        JAXBContext jaxb = JAXBContext.newInstance(Bound.Readings.class);
        Bound.Readings bound = unmarshal(jaxb, payload, false);
        check(count(payload, true), values, "read by the product");
        check(
                bound.meters.stream()
                        .flatMap(m -> m.blocks.stream())
                        .mapToLong(b -> b.readings.size())
                        .sum(),
                values,
                "read by JAXB");

        double[] median = medians(List.of(
                () -> write(polls, OutputStream.nullOutputStream()),
                () -> jaxb.createMarshaller().marshal(bound, OutputStream.nullOutputStream()),
                () -> check(count(payload, false), values, "parsed"),
                () -> unmarshal(jaxb, payload, false),
                () -> check(count(payload, true), values, "validated"),
                () -> unmarshal(jaxb, payload, true)));
        return List.of(
                Figure.atLeast("write_vs_jaxb", median[1] / median[0], "x", 2, rates(values, median[0], median[1])),
                Figure.atLeast("parse_vs_jaxb", median[3] / median[2], "x", 2, rates(values, median[2], median[3])),
                Figure.atLeast(
                        "read_validate_vs_jaxb_validate",
                        median[5] / median[4],
                        "x",
                        1.1,
                        rates(values, median[4], median[5])),
                Figure.atMost(
                        "heap_mb_for_million_values", heap, "MB", 32, "live heap while writing and while reading"),
                Figure.reported("bytes_per_reading", (double) message.size() / values, "B", "uncompressed"),
                Figure.reported("bytes_per_reading_gzip", (double) gzip(message) / values, "B", "gzip level 6"));
    }

    private static String rates(long values, double ours, double jaxb) {
        return Figure.plain(values / ours / 1e3) + " M values/s, JAXB " + Figure.plain(values / jaxb / 1e3);
    }

    /** Milliseconds. One round to warm up, then five; each starts at another trial. */
    private static double[] medians(List<Trial> trials) throws Exception {
        double[][] took = new double[trials.size()][ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            for (int k = 0; k < trials.size(); k++) {
                int i = (k + round + trials.size()) % trials.size();
                System.gc();
                long start = System.nanoTime();
                trials.get(i).run();
                if (round >= 0) {
                    took[i][round] = (System.nanoTime() - start) / 1e6;
                }
            }
        }
        return Arrays.stream(took)
                .mapToDouble(t -> {
                    Arrays.sort(t);
                    return t[ROUNDS / 2];
                })
                .toArray();
    }

    private void write(List<Poll> polls, OutputStream target) throws XMLStreamException {
        try (MeterReadingsWriter writer = writer(target)) {
            for (Poll poll : polls) {
                meter(writer, poll);
            }
        }
    }

    private MeterReadingsWriter writer(OutputStream target) throws XMLStreamException {
        MessageHeader header = new MessageHeader(
                "created",
                "MeterReadings",
                Optional.of(FIRST_END),
                "SMMC-HES",
                "bench",
                "bench",
                Map.of(MessageHeader.DATA_TYPE, "LOAD_PROFILE"));
        return new MeterReadingsWriter(target, header, ZONE, types, qualities, false);
    }

    private static void meter(MeterReadingsWriter writer, Poll poll) throws XMLStreamException {
        List<?> lost = writer.meter(MeterRef.of(poll.meter().toString(), ZONE, 1), List.of(poll));
        if (!lost.isEmpty()) {
            throw new IllegalStateException("not written: " + lost);
        }
    }

    private long count(byte[] document, boolean validate) throws CimException {
        return count(new ByteArrayInputStream(document), validate, () -> {});
    }

    private long count(InputStream document, boolean validate, Runnable each) throws CimException {
        long[] seen = new long[1];
        MeterReadingsReader.read(document, XmlLimits.DEFAULT, validate, qualities, new MeterReadingsReader.Sink() {
            @Override
            public void header(MessageHeader header) {
                // the figure is about values
            }

            @Override
            public void meterReading(MeterReading reading) {
                for (MeterReading.Block block : reading.blocks()) {
                    seen[0] += block.size();
                }
                each.run();
            }
        });
        return seen[0];
    }

    private static Bound.Readings unmarshal(JAXBContext jaxb, byte[] document, boolean validate) throws JAXBException {
        Unmarshaller reader = jaxb.createUnmarshaller();
        if (validate) {
            reader.setSchema(Schemas.strict("MeterReadings"));
        }
        return (Bound.Readings) reader.unmarshal(new ByteArrayInputStream(document));
    }

    /** Most megabytes that stay in use, at any of the moments looked at, while a million values pass. */
    private double heapOfMillion(Context context) throws Exception {
        int meters = 1_000_000 / (SLOTS * CHANNELS) + 1;
        Path file = context.work().resolve("million.xml");
        long before = used();
        long[] most = new long[1];
        int[] passed = new int[1];
        Runnable look = () -> {
            if (++passed[0] % CHECK_EVERY == 0) {
                most[0] = Math.max(most[0], used() - before);
            }
        };
        Random random = new Random(context.seed());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                MeterReadingsWriter writer = writer(out)) {
            for (int m = 0; m < meters; m++) {
                meter(writer, SampleDays.poll(m, FIRST_END, random));
                look.run();
            }
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            check(count(in, true, look), (long) meters * SLOTS * CHANNELS, "of the million");
        }
        Files.delete(file);
        return most[0] / 1e6;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void check(long got, long expected, String what) {
        if (got != expected) {
            throw new IllegalStateException(what + ": " + got + " values, expected " + expected);
        }
    }

    private static byte[] payload(ByteArrayOutputStream message) {
        String text = message.toString(StandardCharsets.UTF_8);
        String end = "</m:MeterReadings>";
        return text.substring(text.indexOf("<m:MeterReadings"), text.indexOf(end) + end.length())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static long gzip(ByteArrayOutputStream message) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            message.writeTo(out);
        }
        return packed.size();
    }
}
