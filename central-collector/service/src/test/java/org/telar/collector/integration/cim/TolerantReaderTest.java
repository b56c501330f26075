package org.telar.collector.integration.cim;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.integration.Xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What real senders write beside the standard is read as what they mean (R16, D19). */
class TolerantReaderTest {
    private final List<String> found = new ArrayList<>();

    @Test
    @DisplayName("www. and older namespaces, with and without the hash sign")
    void namespaces() throws Exception {
        String good = Xml.good("1", "7", "0.125");
        readsTheOne(good.replace("http://iec.ch/TC57/2011/", "http://www.iec.ch/TC57/2011/"));
        readsTheOne(good.replace("TC57/2011/MeterReadings#", "TC57/2010/MeterReadings#"));
        readsTheOne(good.replace("TC57/2011/MeterReadings#", "TC57/2009/MeterReadings"));
        readsTheOne(good.replace("TC57/2011/schema/message", "TC57/2008/schema/message"));
    }

    @Test
    @DisplayName("SOAP 1.1 and 1.2 envelopes, <Noun>Message roots, and a bare payload")
    void envelopes() throws Exception {
        String good = Xml.good("1", "7", "0.125").replaceFirst("<\\?xml[^>]*>\\s*", "");
        for (String soap :
                new String[] {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"}) {
            readsTheOne("<s:Envelope xmlns:s=\"" + soap + "\"><s:Header><t>x</t></s:Header><s:Body>" + good
                    + "</s:Body></s:Envelope>");
        }
        readsTheOne(good.replace(
                        "EventMessage xmlns=\"http://iec.ch/TC57/2011/schema/message\"",
                        "MeterReadingsMessage xmlns=\"http://www.iec.ch/TC57/2010/MeterReadingsMessage\"")
                .replace("/EventMessage", "/MeterReadingsMessage"));
        readsTheOne(good.substring(good.indexOf("<m:MeterReadings"), good.indexOf("</Payload>")));
    }

    @Test
    @DisplayName("Verbs in any case, unknown header elements, elements out of order")
    void order() throws Exception {
        String good = Xml.good("1", "7", "0.125");
        readsTheOne(good.replace(">created<", ">CREATED<"));
        readsTheOne(good.replace("<Verb>", "<Priority>1</Priority><x:y xmlns:x=\"urn:z\"/><Verb>"));
        readsTheOne(good.replace(
                "<m:timeStamp>2026-11-19T00:15:00-03:00</m:timeStamp><m:value>0.125</m:value>",
                "<m:value>0.125</m:value><m:timeStamp>2026-11-19T00:15:00-03:00</m:timeStamp>"));
        String block = good.substring(good.indexOf("<m:IntervalBlocks>"), good.indexOf("<m:Meter>"));
        readsTheOne(good.replace(block, "")
                .replace("</m:Meter></m:MeterReading>", "</m:Meter>" + block + "</m:MeterReading>"));
    }

    @Test
    @DisplayName("Times with Z, with fractions, with white space; values as xs:float writes them, exactly")
    void lexical() throws Exception {
        String good = Xml.good("1", "7", "0.125");
        readsTheOne(good.replace("2026-11-19T00:15:00-03:00", "2026-11-19T03:15:00Z"));
        readsTheOne(good.replace("2026-11-19T00:15:00-03:00", "\n 2026-11-19T03:15:00.000Z "));
        readsTheOne(good.replace(">0.125<", ">1.25E-1<"));
        readsTheOne(good.replace(">0.125<", "> +00.1250 <"));
        readsTheOne(good.replace(">0.125<", "><![CDATA[0.1]]>25<!-- x --><"));
    }

    @Test
    @DisplayName("Tolerance ends at unknown elements and types of the payload: our schema refuses them (1.8)")
    void limits() {
        String good = Xml.good("1", "7", "0.125");
        for (String bad : new String[] {
            good.replace("m:value>", "m:worth>"), good.replace(">0.125<", ">abc<"), good.replace(" ref=", " name=")
        }) {
            assertThatThrownBy(() -> read(bad))
                    .isInstanceOf(CimException.class)
                    .extracting("code")
                    .isEqualTo("1.8");
        }
    }

    @Test
    @DisplayName("R16: a payload that is compressed in text form is read as the payload")
    void compressed() throws Exception {
        String good = Xml.good("1", "7", "0.125");
        String payload = good.substring(good.indexOf("<m:MeterReadings"), good.indexOf("</Payload>"));
        byte[] gzip = GzipBuffer.of(payload.getBytes(StandardCharsets.UTF_8));
        String text = java.util.Base64.getMimeEncoder().encodeToString(gzip);
        readsTheOne(good.replace(payload, "<Compressed>\n" + text + "\n</Compressed><Format>XML</Format>"));
    }

    private void readsTheOne(String xml) throws CimException {
        found.clear();
        read(xml);
        assertThat(found).as(xml).containsExactly("7 " + Xml.LP + " 2026-11-19T03:15:00Z 0.125 1.0.0");
    }

    private void read(String xml) throws CimException {
        MeterReadingsReader.read(
                new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)),
                XmlLimits.DEFAULT,
                true,
                new Qualities(Optional.empty()),
                new MeterReadingsReader.Sink() {
                    @Override
                    public void header(MessageHeader header) {
                        assertThat(header.verb()).isEqualTo("created");
                        assertThat(header.property("DataType")).contains("LOAD_PROFILE");
                    }

                    @Override
                    public void meterReading(MeterReading reading) {
                        for (MeterReading.Block b : reading.blocks()) {
                            for (int i = 0; i < b.size(); i++) {
                                found.add(reading.meter() + " " + b.readingType() + " "
                                        + java.time.Instant.ofEpochSecond(b.end(i)) + " "
                                        + java.math.BigDecimal.valueOf(b.unscaled(i), -b.exponent(i))
                                                .stripTrailingZeros()
                                                .toPlainString()
                                        + " " + b.quality(i).codes());
                            }
                        }
                    }
                });
    }
}
