package org.telar.collector.integration.loader;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.TestClock;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.Xml;
import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReading;
import org.telar.collector.integration.cim.MeterReadingsReader;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.XmlLimits;
import org.telar.collector.integration.files.LegacyFolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every kind of bad file in one folder (F36, D9, D19, R68): each its state, code and reason; the good one loads. */
class BadInputTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final String QUARTER = "2026-11-19T00:15:00-03:00";
    private static final String PROFILE = Xml.property("DataType", "LOAD_PROFILE");
    private static final long LARGEST = 2 << 20;

    @TempDir
    Path data;

    private DataSource legacy;
    private LegacyFolder folder;

    @BeforeEach
    void start() {
        legacy = TestDatabases.fresh().legacy();
        folder = new LegacyFolder(data.resolve("legacy"));
    }

    @Test
    @DisplayName("each bad file gets its state, code and reason, none stops the next, nobody is called, the good one"
            + " loads")
    void all() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            server.setSoTimeout(300);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/x";
            write(url);

            Integrator integrator = new Integrator(
                    legacy,
                    folder,
                    settings(),
                    new ReadingTypes(Optional.empty()),
                    new Qualities(Optional.empty()),
                    new TestClock(Instant.parse("2026-11-20T05:00:00Z")),
                    System::nanoTime,
                    (code, subject, text) -> {},
                    Arrows.QUIET);
            integrator.scan();

            assertThatThrownBy(server::accept).as("a call").isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(TestDatabases.rows(legacy, "SELECT name, state, code, warn FROM file_journal ORDER BY name"))
                .containsExactly(
                        "a-xxe.xml,REJECTED,1.8,f",
                        "b-dtd.xml,REJECTED,1.8,f",
                        "c-bomb.xml,REJECTED,1.8,f",
                        "d-deep.xml,REJECTED,1.8,f",
                        "e-encoding.xml,REJECTED,1.8,f",
                        "f-utf16.xml,REJECTED,1.8,f",
                        "g-torn.xml.gz,REJECTED,1.8,f",
                        "h-nogzip.xml.gz,REJECTED,1.8,f",
                        "i-bomb.xml.gz,REJECTED,1.8,f",
                        "j-large.xml,REJECTED,1.8,f",
                        "k-namespace.xml,DISCARDED,5.6,f",
                        "l-verb.xml,REJECTED,2.9,f",
                        "m-noun.xml,REJECTED,2.5,f",
                        "n-meter.xml,LOADED,0.2,t",
                        "o-type.xml,LOADED,0.2,t",
                        "p-values.xml,LOADED,0.2,t",
                        "q-empty.xml,REJECTED,1.8,f",
                        "r-blank.xml,REJECTED,1.8,f",
                        "s-compressed.xml,REJECTED,1.8,f",
                        "t-compressed-other.xml,DISCARDED,5.6,f",
                        "u-two-payloads.xml,LOADED,0.0,f",
                        "v-binary.xml,REJECTED,1.8,f",
                        "z-good.xml,LOADED,0.0,f");
        assertThat(TestDatabases.rows(legacy, "SELECT name FROM file_journal WHERE coalesce(reason, '') = ''"))
                .as("files without a reason")
                .isEmpty();
        assertThat(TestDatabases.rows(legacy, "SELECT meter_no, code FROM file_block ORDER BY block_id"))
                .as("blocks that cannot be taken, each with its own code")
                .containsExactly("unknown,2.4", "2,2.6", "3,1.8", "4,1.8", "5,1.8", "6,1.8");
        assertThat(TestDatabases.rows(legacy, "SELECT DISTINCT meter FROM lp_sample ORDER BY 1"))
                .containsExactly("1", "7", "8", "9");
        assertThat(folder.inbox()).isEmptyDirectory();
    }

    private void write(String url) throws IOException {
        String good = Xml.good("z", "1", "0.5");
        String body = good.replaceFirst("<\\?xml[^>]*>", "");
        put("a-xxe.xml", "<!DOCTYPE x [<!ENTITY x SYSTEM \"" + url + "\">]>" + body.replace(">0.5<", ">&x;<"));
        put("b-dtd.xml", "<!DOCTYPE EventMessage SYSTEM \"" + url + ".dtd\">" + body);
        put("c-bomb.xml", "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><x>&b;</x>");
        put("d-deep.xml", "<Message>".repeat(50_000));
        put("e-encoding.xml", Xml.good("e", "Ñ", "1").getBytes(StandardCharsets.ISO_8859_1));
        put("f-utf16.xml", good.getBytes(StandardCharsets.UTF_16BE));
        byte[] gzip = gzip(good.getBytes(StandardCharsets.UTF_8));
        put("g-torn.xml.gz", Arrays.copyOf(gzip, gzip.length - 30));
        put("h-nogzip.xml.gz", new byte[] {0x1F, (byte) 0x8B, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
        put("i-bomb.xml.gz", gzip(("<a>" + " ".repeat(3 << 20)).getBytes(StandardCharsets.UTF_8)));
        put("j-large.xml", good.replace("</Header>", "</Header>" + " ".repeat(3 << 20)));
        put("k-namespace.xml", Xml.good("k", "1", "1").replace("http://iec.ch/TC57/2011/MeterReadings#", "urn:mine"));
        put("l-verb.xml", Xml.good("l", "1", "1").replace(">created<", ">execute<"));
        put("m-noun.xml", Xml.good("m", "1", "1").replace("<Noun>MeterReadings", "<Noun>EndDeviceControls"));
        put("n-meter.xml", Xml.good("n", "unknown", "1").replace("SMMC-HES", "STRANGER"));
        String ok = Xml.meterReading("7", Xml.block(Xml.LP, QUARTER, "1"));
        put(
                "o-type.xml",
                Xml.event(
                        "o",
                        PROFILE,
                        Xml.readings(ok + Xml.meterReading("2", Xml.block("0.0.2.4.1.1.99.0", QUARTER, "1")))));
        StringBuilder values = new StringBuilder(ok.replace(">7<", ">8<").replace("id-7", "id-8"));
        int meter = 3;
        for (String value : List.of("NaN", "INF", "1E400", "123456789012345678901234567890.5")) {
            values.append(Xml.meterReading(Integer.toString(meter++), Xml.block(Xml.LP, QUARTER, value)));
        }
        put("p-values.xml", Xml.event("p", PROFILE, Xml.readings(values.toString())));
        put("q-empty.xml", "");
        put("r-blank.xml", " \n ");
        String payload = good.substring(good.indexOf("<m:MeterReadings"), good.indexOf("</Payload>"));
        put("s-compressed.xml", good.replace(payload, "<Compressed>bm8gZ3ppcA==</Compressed>"));
        put(
                "t-compressed-other.xml",
                good.replace(
                        payload,
                        "<Compressed>"
                                + Base64.getEncoder().encodeToString(gzip("<x/>".getBytes(StandardCharsets.UTF_8)))
                                + "</Compressed>"));
        String second = Xml.good("u", "9", "1");
        put("u-two-payloads.xml", second.replace("<Payload>", "<Payload><o:other xmlns:o=\"urn:o\"/>"));
        put("v-binary.xml", new byte[] {0, 1, 2, 3, (byte) 0xFF, (byte) 0xFE});
        put("z-good.xml", good);
    }

    private void put(String name, String xml) throws IOException {
        put(name, xml.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String name, byte[] bytes) throws IOException {
        Files.write(folder.inbox().resolve(name), bytes);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static LoaderSettings settings() {
        LoaderSettings s = LoaderSettings.standard(ZONE);
        return new LoaderSettings(
                MeterDirectory.uniform(ZONE),
                new XmlLimits(LARGEST, 64, 64 << 10, 1_000),
                s.retryAfter(),
                s.maximumAttempts(),
                Duration.ZERO,
                s.keepArchive(),
                Set.of("SMMC-HES"),
                s.batchValues());
    }

    @Test
    @DisplayName("files of 100 MB, valid, one text or one row after the other, are read in a JVM with 40 MB of heap")
    void boundedMemory() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx40m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Large.class.getName())
                .redirectErrorStream(true)
                .start();
        assertThat(child.waitFor(120, TimeUnit.SECONDS)).as("in time").isTrue();
        assertThat(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(l -> l.startsWith("= ")))
                .containsExactly("= valid 300000 values", "= text 1.8", "= rows 3.1");
    }

    /** Reads 100 MB documents that are made while they are read. */
    static final class Large {
        private static final String ROW =
                "<m:IntervalReadings><m:timeStamp>2026-11-19T00:15:00-03:00</m:timeStamp><m:value>0.125</m:value>"
                        + "<m:ReadingQualities><m:ReadingQualityType ref=\"1.0.0\"/></m:ReadingQualities>"
                        + "</m:IntervalReadings>";

        public static void main(String[] args) throws Exception {
            String good = Xml.good("large", "1", "0.5");
            int at = good.indexOf("<m:MeterReading>");
            String head = good.substring(0, at);
            String tail = good.substring(good.indexOf("</m:MeterReading>") + "</m:MeterReading>".length());
            // Spaces between the rows: 100 MB without a minute of validation.
            String block = "<m:IntervalBlocks>" + (ROW + " ".repeat(140)).repeat(100) + "<m:ReadingType ref=\"" + Xml.LP
                    + "\"/></m:IntervalBlocks>";
            print("valid", new Repeated(head, Xml.meterReading("1", block), 3_000, tail));
            print("text", new Repeated("<EventMessage><Comment>", "x".repeat(1000), 100_000, ""));
            print("rows", new Repeated(head + "<m:MeterReading><m:IntervalBlocks>", ROW, 500_000, ""));
        }

        private static void print(String what, InputStream in) {
            long[] values = new long[1];
            XmlLimits limits = new XmlLimits(256L << 20, 64, 1 << 20, 100_000);
            try {
                MeterReadingsReader.read(
                        in, limits, true, new Qualities(Optional.empty()), new MeterReadingsReader.Sink() {
                            @Override
                            public void header(MessageHeader header) {
                                // only read
                            }

                            @Override
                            public void meterReading(MeterReading reading) {
                                reading.blocks().forEach(b -> values[0] += b.size());
                            }
                        });
                System.out.println("= " + what + " " + values[0] + " values");
            } catch (CimException e) {
                System.out.println("= " + what + " " + e.code());
            }
        }
    }

    /** A head, a part so many times, a tail. */
    private static final class Repeated extends FilterInputStream {
        private final byte[] part;
        private final byte[] tail;
        private int left;

        Repeated(String head, String part, int times, String tail) {
            super(new ByteArrayInputStream(head.getBytes(StandardCharsets.UTF_8)));
            this.part = part.getBytes(StandardCharsets.UTF_8);
            this.tail = tail.getBytes(StandardCharsets.UTF_8);
            this.left = times;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = in.read(b, off, len);
            while (n < 0 && left >= 0) {
                in = new ByteArrayInputStream(left > 0 ? part : tail);
                left--;
                n = in.read(b, off, len);
            }
            return n;
        }
    }
}
