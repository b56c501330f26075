package org.telar.collector.integration.cim;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

import static org.assertj.core.api.Assertions.assertThat;

/** S44: whatever comes as a request is read or refused with a code, never anything else. */
class RequestFuzzTest {
    private static final List<String> GOOD = List.of(
            "<RequestMessage xmlns=\"http://iec.ch/TC57/2011/schema/message\"><Header><Verb>get</Verb>"
                    + "<Noun>MeterReadings</Noun><Timestamp>2026-11-19T00:15:00-03:00</Timestamp><Source>MDM</Source>"
                    + "<ReplyAddress>queue:x</ReplyAddress><User><UserID>u</UserID></User><MessageID>1</MessageID>"
                    + "<Property><Name>a</Name><Value>b</Value></Property></Header><Request>"
                    + "<StartTime>2026-11-19T00:15:00-03:00</StartTime><Option><name>n</name><value>v</value></Option>"
                    + "<ID kind=\"name\">7</ID><g:GetMeterReadings xmlns:g=\"http://iec.ch/TC57/2011/GetMeterReadings#\">"
                    + "<g:EndDevice><g:mRID>x</g:mRID><g:Names><g:name>1</g:name></g:Names></g:EndDevice>"
                    + "<g:ReadingType><g:mRID>0.0.0.1</g:mRID></g:ReadingType><g:TimeSchedule><g:scheduleInterval>"
                    + "<g:end>2026-11-19T00:15:00Z</g:end></g:scheduleInterval></g:TimeSchedule></g:GetMeterReadings>"
                    + "</Request></RequestMessage>",
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><CreateMeterReadSchedule"
                    + " xmlns=\"http://iec.ch/TC57/2010/MeterReadScheduleMessage\"/></s:Body></s:Envelope>",
            "<RequestMessage xmlns=\"http://iec.ch/TC57/2011/schema/message\"><Header><Verb>create</Verb>"
                    + "<Noun>MeterReadSchedule</Noun><MessageID>1</MessageID></Header><Payload><m:MeterReadSchedule"
                    + " xmlns:m=\"http://iec.ch/TC57/2011/MeterReadSchedule#\"><m:TimeSchedule><m:offset>1E3</m:offset>"
                    + "<m:recurrencePeriod>86400</m:recurrencePeriod><m:scheduleInterval/><m:TimePoints><m:window>"
                    + "<m:end>2026-11-19T00:15:00Z</m:end></m:window></m:TimePoints></m:TimeSchedule>"
                    + "</m:MeterReadSchedule></Payload></RequestMessage>");

    /** What one mutation does to a document. */
    private record Change(int kind, int at, int length, int with) {
        byte[] on(byte[] document) {
            int from = document.length == 0 ? 0 : Math.floorMod(at, document.length);
            int to = Math.min(document.length, from + length);
            List<Byte> out = new ArrayList<>();
            for (int i = 0; i < document.length; i++) {
                boolean inside = i >= from && i < to;
                if (inside && kind == 1) {
                    continue;
                }
                out.add(inside && kind == 0 ? (byte) (document[i] ^ with) : document[i]);
                if (i == to - 1 && kind == 2) {
                    for (int k = from; k < to; k++) {
                        out.add(document[k]);
                    }
                }
            }
            byte[] changed = new byte[out.size()];
            for (int i = 0; i < changed.length; i++) {
                changed[i] = out.get(i);
            }
            return changed;
        }
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.BOUNDED)
    @Label("bytes flipped, cut and repeated anywhere: read, or refused with a code and a reason")
    void mutated(@ForAll("documents") byte[] document) {
        outcome(document);
    }

    @Property(tries = 500)
    @Label("any bytes at all")
    void anything(@ForAll byte[] document) {
        outcome(document);
    }

    @Example
    @Label("what is mutated is good, but for the second")
    void good() {
        assertThat(GOOD.stream().map(g -> outcome(g.getBytes(StandardCharsets.UTF_8))))
                .containsExactly("0.0", "1.5", "0.0");
    }

    private static String outcome(byte[] document) {
        try {
            CimRequest request =
                    RequestReader.read(new ByteArrayInputStream(document), new XmlLimits(1 << 20, 64, 1 << 16, 1), 10);
            assertThat(request.header().messageId()).isNotEmpty();
            return "0.0";
        } catch (RequestReader.Refused e) {
            assertThat(e.code()).matches("\\d\\.\\d{1,2}");
            assertThat(e.getMessage()).isNotBlank();
            return e.code();
        }
    }

    @Provide
    Arbitrary<byte[]> documents() {
        Arbitrary<Change> change = Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 2_000),
                        Arbitraries.integers().between(1, 60),
                        Arbitraries.integers().between(1, 255))
                .as(Change::new);
        return Combinators.combine(
                        Arbitraries.of(GOOD), change.list().ofMinSize(1).ofMaxSize(3))
                .as((good, changes) -> {
                    byte[] document = good.getBytes(StandardCharsets.UTF_8);
                    for (Change c : changes) {
                        document = c.on(document);
                    }
                    return document;
                });
    }
}
