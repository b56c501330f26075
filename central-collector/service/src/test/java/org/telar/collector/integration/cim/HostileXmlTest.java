package org.telar.collector.integration.cim;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.collector.integration.Xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** F36 and the bad input of foreign files: refused with code and reason, in bounded memory, without a connection. */
@Timeout(20)
class HostileXmlTest {
    private static final String DTD = "<?xml version=\"1.0\"?><!DOCTYPE EventMessage %s>";

    @Test
    @DisplayName("F36: XXE, external DTD and parameter entities are refused; nobody is called")
    void external() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            server.setSoTimeout(300);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/x.dtd";
            for (String doctype : new String[] {
                "SYSTEM \"" + url + "\"",
                "[<!ENTITY x SYSTEM \"" + url + "\">]",
                "[<!ENTITY % x SYSTEM \"" + url + "\"> %x;]",
                "[<!ENTITY x SYSTEM \"file:///etc/passwd\">]"
            }) {
                String xml =
                        String.format(DTD, doctype) + Xml.good("1", "1", "&x;").replaceFirst("<\\?xml[^>]*>", "");
                refused(xml, "DTD");
            }
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    @DisplayName("F36: an entity bomb is refused at its DTD, at once")
    void bomb() {
        StringBuilder entities = new StringBuilder("[<!ENTITY a0 \"ha\">");
        for (int i = 1; i < 40; i++) {
            String before = "&a" + (i - 1) + ";";
            entities.append("<!ENTITY a" + i + " \"" + before + before + "\">");
        }
        long start = System.nanoTime();
        refused(String.format(DTD, entities + "]") + "<x>&a39;</x>", "DTD");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("Deep nesting is cut at 64 levels")
    void deep() {
        refused("<a>".repeat(100_000), "deeper than 64");
        refused("<Message>".repeat(100_000), "deeper than 64");
    }

    @Test
    @DisplayName("A document, a text, an attribute or a comment without end costs bounded memory")
    void endless() {
        XmlLimits small = new XmlLimits(8 << 20, 64, 64 << 10, 1000);
        for (String head : new String[] {"<a b=\"", "<a>", "<a><!--", "<a><?p ", "<", "<a><![CDATA["}) {
            InputStream endless = new SequenceInputStream(stream(head), repeating('x', Long.MAX_VALUE));
            Throwable thrown = catchThrowable(() -> read(endless, small));
            assertThat(thrown).as(head).isInstanceOf(CimException.class);
            assertThat(((CimException) thrown).code()).isEqualTo(CimException.SCHEMA);
        }
    }

    @Test
    @DisplayName("A compressed bomb is cut at the size of the uncompressed document")
    void compressedBomb() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("<a>".getBytes(StandardCharsets.UTF_8));
            repeating(' ', 64 << 20).transferTo(gzip);
        }
        XmlLimits small = new XmlLimits(1 << 20, 64, 64 << 10, 1000);
        InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThatThrownBy(() -> read(unpacked, small))
                .isInstanceOf(CimException.class)
                .hasMessageContaining("too large");
    }

    @Test
    @DisplayName("Too many values of one meter are refused before they fill the memory (3.1)")
    void manyValues() {
        String[] values = new String[2002];
        Arrays.setAll(values, i -> i % 2 == 0 ? "2026-11-19T00:15:00Z" : "1");
        String xml = Xml.event("1", "", Xml.readings(Xml.meterReading("1", Xml.block(Xml.LP, values))));
        XmlLimits small = new XmlLimits(8 << 20, 64, 64 << 10, 1000);
        assertThatThrownBy(() -> read(stream(xml), small))
                .isInstanceOf(CimException.class)
                .extracting("code")
                .isEqualTo("3.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-32BE", "ISO-8859-1"})
    @DisplayName("Bytes that are not in the declared encoding are refused")
    void wrongEncoding(String charset) {
        byte[] bytes = Xml.good("1", "Ñuñoa-1", "1").getBytes(Charset.forName(charset));
        Throwable thrown = catchThrowable(() -> read(new ByteArrayInputStream(bytes), XmlLimits.DEFAULT));
        assertThat(thrown).isInstanceOf(CimException.class);
    }

    @Test
    @DisplayName("Cut anywhere, or with any byte changed, a file is refused or read: never another kind of failure")
    void fuzz() {
        byte[] good = Xml.good("1", "10000001", "0.125").getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut < good.length; cut++) {
            byte[] torn = Arrays.copyOf(good, cut);
            Throwable thrown = catchThrowable(() -> read(new ByteArrayInputStream(torn), XmlLimits.DEFAULT));
            assertThat(thrown).as("cut at " + cut).isInstanceOf(CimException.class);
        }
        Random random = new Random(36);
        for (int i = 0; i < 3000; i++) {
            byte[] changed = good.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            Throwable thrown = catchThrowable(() -> read(new ByteArrayInputStream(changed), XmlLimits.DEFAULT));
            assertThat(thrown == null || thrown instanceof CimException)
                    .as("%s from %s", thrown, new String(changed, StandardCharsets.ISO_8859_1))
                    .isTrue();
        }
    }

    @Test
    @DisplayName("R65: a disk that fails is not the content's fault: it is told as what it is, and will be retried")
    void diskFault() {
        InputStream failing = new SequenceInputStream(stream("<a>"), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Input/output error");
            }
        });
        assertThatThrownBy(() -> read(failing, XmlLimits.DEFAULT))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Input/output error");
    }

    private static void refused(String xml, String reason) {
        assertThatThrownBy(() -> read(stream(xml), XmlLimits.DEFAULT))
                .isInstanceOf(CimException.class)
                .hasMessageContaining(reason)
                .extracting("code")
                .isEqualTo(CimException.SCHEMA);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void read(InputStream in, XmlLimits limits) throws CimException {
        MeterReadingsReader.read(in, limits, true, new Qualities(Optional.empty()), new MeterReadingsReader.Sink() {
            @Override
            public void header(MessageHeader header) {
                // only read
            }

            @Override
            public void meterReading(MeterReading reading) {
                // only read
            }
        });
    }

    private static InputStream repeating(char c, long count) {
        return new InputStream() {
            private long left = count;

            @Override
            public int read() {
                return left-- > 0 ? c : -1;
            }

            @Override
            public int read(byte[] b, int off, int len) {
                int n = (int) Math.min(len, left);
                if (n <= 0) {
                    return -1;
                }
                Arrays.fill(b, off, off + n, (byte) c);
                left -= n;
                return n;
            }
        };
    }
}
