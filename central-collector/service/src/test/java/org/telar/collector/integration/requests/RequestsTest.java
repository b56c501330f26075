package org.telar.collector.integration.requests;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.dom.DOMSource;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;
import org.telar.api.store.OutboxKind;
import org.telar.collector.integration.cim.Schemas;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Result;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Requests over HTTP, JMS and the folder, on the assembled collector with an edge at its broker. */
class RequestsTest {
    private static final String REGISTER = "0.0.0.1.1.1.12.0.0.0.0.0.0.0.0.3.72.0";
    private static final String PROFILE = "0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0";
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static HttpResponse<String> post(String xml, String type) throws Exception {
        return collector.raw(collector
                .request("/api/v1/cim")
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(xml)));
    }

    private static Document posted(String xml) throws Exception {
        HttpResponse<String> answer = post(xml, "application/xml");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return valid(answer.body());
    }

    /** Everything we emit is valid against our schemas (R16). */
    private static Document valid(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document d = factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        Element root = (Element)
                d.getElementsByTagNameNS(Asks.MSG, d.getDocumentElement().getLocalName())
                        .item(0);
        root = root == null
                ? (Element)
                        d.getElementsByTagNameNS(Asks.MSG, "ResponseMessage").item(0)
                : root;
        Schemas.strict("Message").newValidator().validate(new DOMSource(root));
        for (String noun : List.of("MeterReadings", "EndDeviceEvents")) {
            var payload = d.getElementsByTagNameNS("http://iec.ch/TC57/2011/" + noun + "#", noun);
            if (payload.getLength() > 0) {
                Schemas.strict(noun).newValidator().validate(new DOMSource(payload.item(0)));
            }
        }
        return d;
    }

    private static String text(Document d, String name) {
        var found = d.getElementsByTagNameNS("*", name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }

    private static String errors(Document d) {
        StringBuilder all = new StringBuilder(text(d, "Result"));
        var list = d.getElementsByTagNameNS(Asks.MSG, "Error");
        for (int i = 0; i < list.getLength(); i++) {
            Element e = (Element) list.item(i);
            all.append(' ')
                    .append(e.getElementsByTagNameNS(Asks.MSG, "code").item(0).getTextContent());
            var reason = e.getElementsByTagNameNS(Asks.MSG, "reason");
            var named = e.getElementsByTagNameNS(Asks.MSG, "ID");
            all.append(reason.getLength() == 0 ? "" : ":" + reason.item(0).getTextContent());
            all.append(named.getLength() == 0 ? "" : ":" + named.item(0).getTextContent());
        }
        return all.toString();
    }

    private static RegisterSet registers(Instant now) {
        return new RegisterSet(
                RegisterKind.ON_DEMAND,
                Obis.CLOCK,
                now,
                0,
                List.of(
                        new RegisterValue(
                                Obis.parse("1.0.1.8.0.255"), new Unit(-1, Unit.WATT_HOUR), 123_456, Optional.empty()),
                        new RegisterValue(Obis.parse("1.0.2.8.0.255"), Polls.WH, 7, Optional.empty())));
    }

    private static Instant now() {
        return Instant.ofEpochSecond(collector.clock().instant().getEpochSecond());
    }

    private static void result(FakeEdge edge, long seq, Order o, Result.State state, Ko ko, long reading)
            throws Exception {
        Result r = new Result.OrderResult(
                o.id(),
                o.meter().orElseThrow().number(),
                state,
                Optional.ofNullable(ko),
                ko == null ? "" : "meter",
                "",
                reading,
                now());
        edge.send(OutboxKind.RESULT, 1, new Batch.Entry(seq, Contract.encode(r)));
    }

    /** The edge reads the meter of an order: value and result. */
    private static void read(FakeEdge edge, long seq, Order o) throws Exception {
        String meter = o.meter().orElseThrow().number();
        edge.readings(1, Polls.entry(seq, Polls.poll(meter, o.id(), now(), List.of(), List.of(registers(now())))));
        result(edge, seq + 1, o, Result.State.EXE, null, seq);
    }

    private static List<Order> orders(FakeEdge edge, int count) {
        await().atMost(Duration.ofSeconds(10)).until(() -> edge.orders().size() >= count);
        return edge.orders();
    }

    private static Document received(JMSContext jms, String queue, String correlation) throws Exception {
        try (var consumer = jms.createConsumer(jms.createQueue(queue), "JMSCorrelationID = '" + correlation + "'")) {
            Message m = consumer.receive(15_000);
            assertThat(m).as("answer to " + correlation + " in " + queue).isNotNull();
            return valid(((TextMessage) m).getText());
        }
    }

    @Test
    @DisplayName(
            "R06, R20, R21, R26, R27, R48, D13: one meter answers, one is silent, one is unknown: 0.3 at once, then a"
                    + " PARTIAL reply with the request's CorrelationID, the value, and one Error per meter")
    void getMeterReadings() throws Exception {
        collector.fleet("gw-cim1", "cim1-a", "cim1-b");
        String message = id();
        String xml = Asks.get(
                "MDM",
                message,
                "<ReplyAddress>jms:queue:mdm.answers</ReplyAddress>",
                "",
                Asks.meter("cim1-a") + Asks.meter("cim1-b") + Asks.meter("cim1-nobody") + Asks.type(REGISTER));
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim1");
                JMSContext jms = collector.bean(ConnectionFactory.class).createContext()) {
            Document ack = posted(xml);
            assertThat(text(ack, "Verb")).isEqualTo("reply");
            assertThat(text(ack, "CorrelationID")).isEqualTo(message);
            assertThat(errors(ack)).isEqualTo("OK 0.3");

            List<Order> orders = orders(edge, 2);
            for (Order o : orders) {
                if (o.meter().orElseThrow().number().equals("cim1-a")) {
                    read(edge, 1, o);
                } else {
                    result(edge, 3, o, Result.State.FAIL, Ko.METER_SILENT, 0);
                }
            }

            Document reply = received(jms, "mdm.answers", message);
            assertThat(text(reply, "CorrelationID")).isEqualTo(message);
            assertThat(errors(reply)).isEqualTo("PARTIAL 5.3:METER_SILENT:cim1-b 2.4:UNKNOWN_METER:cim1-nobody");
            var values = reply.getElementsByTagNameNS("*", "value");
            assertThat(values.getLength()).as("only what was asked for").isEqualTo(1);
            assertThat(values.item(0).getTextContent()).isEqualTo("12.3456");
            assertThat(orders.stream().map(Order::id).distinct()).hasSize(2);

            // Every message in the journal: by MessageID, by order, by meter.
            for (String query :
                    List.of("messageId=" + message, "order=" + orders.get(0).id(), "meter=cim1-a")) {
                var page = collector.get("/api/v1/cim/messages?" + query).body();
                assertThat(page.path("total").asInt()).as(query).isGreaterThanOrEqualTo(3);
            }
            var in = collector
                    .get("/api/v1/cim/messages?direction=IN&messageId=" + message)
                    .body();
            String body = collector
                    .raw(collector
                            .request("/api/v1/cim/messages/"
                                    + in.path("items").path(0).path("id").asLong() + "/body")
                            .GET())
                    .body();
            assertThat(body).isEqualTo(xml);

            // The same again, over another channel: nothing new goes down, the same replies come again.
            int before = edge.orders().size();
            HttpResponse<String> again = post(xml, "application/xml");
            assertThat(text(valid(again.body()), "MessageID")).isEqualTo(text(ack, "MessageID"));
            Document second = received(jms, "mdm.answers", message);
            assertThat(text(second, "MessageID")).isEqualTo(text(reply, "MessageID"));
            assertThat(edge.orders()).hasSize(before);

            // The same MessageID with other content is refused.
            assertThat(errors(posted(xml.replace("cim1-nobody", "cim1-else")))).startsWith("FAILED 2.15");
            assertThat(collector.number(
                            "SELECT count(*) FROM orders WHERE requester = 'cim:MDM' AND meter_no LIKE" + " 'cim1-%'"))
                    .isEqualTo(3);
        }
    }

    @ParameterizedTest
    @DisplayName(
            "R16: SOAP 1.1 and 1.2 get their answer in the same envelope; without an address it is fetched by asking"
                    + " again")
    @CsvSource({
        "http://schemas.xmlsoap.org/soap/envelope/, text/xml, cim2a",
        "http://www.w3.org/2003/05/soap-envelope, application/soap+xml, cim2b"
    })
    void soap(String namespace, String type, String meter) throws Exception {
        collector.fleet("gw-" + meter, meter);
        String xml = Asks.soap(namespace, Asks.get("MDM", id(), "", "", Asks.meter(meter)));
        try (FakeEdge edge = new FakeEdge(collector, "gw-" + meter)) {
            HttpResponse<String> ack = post(xml, type);
            assertThat(ack.statusCode()).isEqualTo(200);
            assertThat(ack.headers().firstValue("Content-Type").orElse("")).startsWith(type);
            Document d = valid(ack.body());
            assertThat(d.getDocumentElement().getNamespaceURI()).isEqualTo(namespace);
            assertThat(errors(d)).isEqualTo("OK 0.3");

            read(edge, 1, orders(edge, 1).get(0));

            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                Document reply = valid(post(xml, type).body());
                assertThat(errors(reply)).isEqualTo("OK");
                assertThat(text(reply, "value")).isEqualTo("12.3456");
            });
        }
    }

    @Test
    @DisplayName(
            "R20, R27: over JMS with JMSReplyTo, in the 2010 namespace with its own root, verbs in capitals, unknown"
                    + " header elements; the answer compressed as asked")
    void jms() throws Exception {
        collector.fleet("gw-cim3", "cim3");
        String message = id();
        String xml =
                "<m:GetMeterReadingsRequestMessage xmlns:m=\"http://www.iec.ch/TC57/2010/GetMeterReadingsMessage\">"
                        + "<m:Header><m:Priority>1</m:Priority><m:MessageID>" + message
                        + "</m:MessageID><m:Noun>MeterReadings</m:Noun><m:Source>OMS</m:Source><x:trace xmlns:x=\"urn:x\"/>"
                        + "<m:Verb>GET</m:Verb></m:Header><m:Request><m:Option><m:name>Compression</m:name><m:value>gzip"
                        + "</m:value></m:Option></m:Request><m:Payload><g:GetMeterReadings"
                        + " xmlns:g=\"http://iec.ch/TC57/2010/GetMeterReadings#\">" + Asks.type(REGISTER)
                        + Asks.meter("cim3")
                        + "</g:GetMeterReadings></m:Payload></m:GetMeterReadingsRequestMessage>";
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim3");
                JMSContext jms = collector.bean(ConnectionFactory.class).createContext()) {
            TextMessage m = jms.createTextMessage(xml);
            m.setJMSCorrelationID(message);
            m.setJMSReplyTo(jms.createQueue("oms.in"));
            jms.createProducer().send(jms.createQueue("telar.cim.requests"), m);

            assertThat(errors(received(jms, "oms.in", message))).isEqualTo("OK 0.3");
            read(edge, 1, orders(edge, 1).get(0));

            Document reply = received(jms, "oms.in", message);
            assertThat(errors(reply)).isEqualTo("OK");
            assertThat(reply.getElementsByTagNameNS("*", "MeterReading").getLength())
                    .isZero();
            byte[] gzip = Base64.getDecoder().decode(text(reply, "Compressed"));
            String payload = new String(
                    new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(payload).startsWith("<m:MeterReadings").contains(">12.3456<");
        }
    }

    @Test
    @DisplayName("R20, R27: over the folder, gzip and all; reply and answer appear in out, the request in done")
    void folder() throws Exception {
        collector.fleet("gw-cim4", "cim4");
        Path root = collector.data().resolve("cim");
        String message = id();
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(Asks.get("FILES", message, "", "", Asks.meter("cim4")).getBytes(StandardCharsets.UTF_8));
        }
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim4")) {
            Files.write(root.resolve("in/ask-4.xml.gz"), gzip.toByteArray());

            Path reply = root.resolve("out/reply-ask-4.xml.gz.xml");
            await().atMost(Duration.ofSeconds(15)).until(() -> Files.exists(reply));
            assertThat(errors(valid(Files.readString(reply)))).isEqualTo("OK 0.3");
            read(edge, 1, orders(edge, 1).get(0));

            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(answers(root, message)).containsExactly("OK 12.3456"));
            assertThat(root.resolve("in/ask-4.xml.gz")).doesNotExist();
            assertThat(root.resolve("done/ask-4.xml.gz")).exists();
        }
    }

    private static List<String> answers(Path root, String message) throws Exception {
        try (Stream<Path> all = Files.list(root.resolve("out"))) {
            return all.filter(f -> f.getFileName().toString().startsWith("MeterReadings-"))
                    .map(f -> {
                        try {
                            Document d = valid(Files.readString(f));
                            return text(d, "CorrelationID").equals(message) ? errors(d) + " " + text(d, "value") : "";
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .filter(t -> !t.isEmpty())
                    .toList();
        }
    }

    @Test
    @DisplayName("D13: cancel by the request's MessageID: its orders end, and its answer says 6.5 for each meter")
    void cancel() throws Exception {
        collector.fleet("gw-cim5", "cim5-a", "cim5-b");
        String message = id();
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim5");
                JMSContext jms = collector.bean(ConnectionFactory.class).createContext()) {
            posted(Asks.get(
                    "MDM",
                    message,
                    "<ReplyAddress>queue://mdm.cancelled</ReplyAddress>",
                    "",
                    Asks.meter("cim5-a") + Asks.meter("cim5-b")));
            orders(edge, 2);

            String cancel = Asks.request(
                    "cancel", "MeterReadings", "MDM", id(), "<CorrelationID>" + message + "</CorrelationID>", "");
            assertThat(errors(posted(cancel))).isEqualTo("OK 0.0");
            assertThat(errors(received(jms, "mdm.cancelled", message)))
                    .isEqualTo("FAILED 6.5:CANCELLED:cim5-a 6.5:CANCELLED:cim5-b");
            assertThat(errors(posted(cancel.replace("<MessageID>", "<MessageID>again-"))))
                    .startsWith("FAILED 2.15");
            assertThat(collector.number(
                            "SELECT count(*) FROM orders WHERE meter_no LIKE 'cim5-%' AND state = 'CANCELLED'"))
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what cannot be is refused at once, by code")
    @CsvSource(
            delimiter = '|',
            value = {
                "unknown meter only|2.4:UNKNOWN_METER:cim6-x",
                "no meter|1.6",
                "no payload|1.6",
                "no range|1.6",
                "two ranges|3.1",
                "range of a year|3.1",
                "unknown reading type|2.6",
                "groups|5.6",
                "usage point|2.12",
                "verb|2.9",
                "noun|2.5",
                "noun of the other side|2.5",
                "verb of another noun|2.9",
                "foreign address|1.5",
                "own queue as address|1.5",
                "command queue as address|1.5"
            })
    void refused(String what, String code) throws Exception {
        String meter = Asks.meter("cim6-x");
        String span = "<g:TimeSchedule><g:scheduleInterval><g:end>%s</g:end><g:start>%s</g:start></g:scheduleInterval>"
                + "</g:TimeSchedule>";
        String day = span.formatted("2026-06-02T00:00:00-04:00", "2026-06-01T00:00:00-04:00");
        String xml =
                switch (what) {
                    case "unknown meter only" -> Asks.get("MDM", id(), "", "", meter);
                    case "no meter" -> Asks.get("MDM", id(), "", "", Asks.type(REGISTER));
                    case "no payload" -> Asks.request("get", "MeterReadings", "MDM", id(), "", "");
                    case "no range" -> Asks.get("MDM", id(), "", "", meter + Asks.type(PROFILE));
                    case "two ranges" ->
                        Asks.get(
                                "MDM",
                                id(),
                                "",
                                "<StartTime>2026-05-01T00:00:00Z</StartTime><EndTime>2026-05-02T00:00:00Z</EndTime>",
                                meter + day);
                    case "range of a year" ->
                        Asks.get(
                                "MDM",
                                id(),
                                "",
                                "<StartTime>2025-06-01T00:00:00Z</StartTime><EndTime>2026-05-02T00:00:00Z</EndTime>",
                                meter);
                    case "unknown reading type" -> Asks.get("MDM", id(), "", "", meter + Asks.type("9.9.9"));
                    case "groups" ->
                        Asks.get("MDM", id(), "", "", "<g:EndDeviceGroup><g:mRID>x</g:mRID></g:EndDeviceGroup>");
                    case "usage point" ->
                        Asks.get("MDM", id(), "", "", "<g:UsagePoint><g:mRID>x</g:mRID></g:UsagePoint>");
                    case "verb" -> Asks.request("execute", "MeterReadings", "MDM", id(), "", "");
                    case "noun" -> Asks.request("get", "Weather", "MDM", id(), "", "");
                    case "noun of the other side" -> Asks.request("create", "EndDeviceControls", "MDM", id(), "", "");
                    case "verb of another noun" -> Asks.request("get", "MeterConfig", "MDM", id(), "", "");
                    case "foreign address" ->
                        Asks.get("MDM", id(), "<ReplyAddress>http://169.254.1.1/x</ReplyAddress>", "", meter);
                    case "own queue as address" ->
                        Asks.get("MDM", id(), "<ReplyAddress>telar.cim.readings</ReplyAddress>", "", meter);
                    default ->
                        Asks.get("MDM", id(), "<ReplyAddress>jms:telar.v1.gw.down.orders</ReplyAddress>", "", meter);
                };

        Document reply = posted(xml);

        assertThat(errors(reply)).startsWith("FAILED " + code);
        assertThat(text(reply, "details")).as("a sentence").isNotEmpty();
        assertThat(collector.number(
                        "SELECT count(*) FROM cim_request WHERE state = 'OPEN' AND message_id = ?",
                        text(reply, "CorrelationID")))
                .isZero();
    }

    @Test
    @DisplayName("a document without a readable header gets a FaultMessage and is in the journal; one with a header and"
            + " a broken payload a ResponseMessage 1.8, and may be sent again corrected")
    void faults() throws Exception {
        for (String bad : List.of("", "no xml", "<RequestMessage xmlns=\"" + Asks.MSG + "\"/>", "<a><b></a>")) {
            HttpResponse<String> fault = post(bad, "application/xml");
            assertThat(fault.statusCode()).as(bad).isEqualTo(400);
            Document d = valid(fault.body());
            assertThat(d.getDocumentElement().getLocalName()).isEqualTo("FaultMessage");
            assertThat(errors(d)).startsWith("FAILED 1.");
        }
        String message = id();
        String broken = Asks.get("MDM", message, "", "", Asks.meter("cim7") + "<g:Surprise/>");
        assertThat(errors(posted(broken))).startsWith("FAILED 1.8");
        assertThat(errors(posted(broken.replace("<g:Surprise/>", "")))).startsWith("FAILED 2.4");
        assertThat(collector
                        .get("/api/v1/cim/messages?messageId=" + message)
                        .body()
                        .path("total")
                        .asInt())
                .isEqualTo(4);
    }

    @Test
    @DisplayName("R88: create MeterConfig makes, binds and commissions; what a meter's life forbids is told per meter;"
            + " delete removes")
    void meterConfig() throws Exception {
        collector.fleet("gw-cim8");
        String meters = config("cim8-a", "gw-cim8", "COMMISSIONED")
                + config("cim8-b", "gw-none", "COMMISSIONED")
                + config("cim8-c", "gw-cim8", "flying");
        Document reply = posted(Asks.request("create", "MeterConfig", "GIS", id(), "", payload(meters)));

        assertThat(errors(reply)).isEqualTo("PARTIAL 2.29:UNKNOWN_GATEWAY:cim8-b 1.8:cim8-c");
        var meter = collector.get("/api/v1/meters/cim8-a").body();
        assertThat(meter.path("state").asString()).isEqualTo("COMMISSIONED");
        assertThat(meter.path("gateway").asString()).isEqualTo("gw-cim8");

        Document gone = posted(Asks.request(
                "delete",
                "MeterConfig",
                "GIS",
                id(),
                "",
                payload(config("cim8-a", "", "") + config("cim8-z", "", ""))));
        assertThat(errors(gone)).isEqualTo("PARTIAL 2.4:UNKNOWN_METER:cim8-z");
        assertThat(collector.get("/api/v1/meters/cim8-a").body().path("state").asString())
                .isEqualTo("REMOVED");
    }

    private static String payload(String meters) {
        return "<Payload><c:MeterConfig xmlns:c=\"http://iec.ch/TC57/2011/MeterConfig#\">" + meters
                + "</c:MeterConfig></Payload>";
    }

    private static String config(String meter, String gateway, String state) {
        return "<c:Meter>" + Asks.names("c", meter, "MeterNumber")
                + (gateway.isEmpty() ? "" : Asks.names("c", gateway, "ConcentratorNumber"))
                + (state.isEmpty() ? "" : "<c:status><c:value>" + state + "</c:value></c:status>") + "</c:Meter>";
    }

    @Test
    @DisplayName("R31, R61, R72: create MeterReadSchedule makes a plan of the meters that can be, tells the others by"
            + " code; its dates and hours are the site's; the same again makes no second one; cancel ends it")
    void schedule() throws Exception {
        collector.fleet("gw-cim12", "cim12-a", "cim12-b");
        String message = id();
        String plan = "<Payload><g:MeterReadSchedule xmlns:g=\"http://iec.ch/TC57/2011/MeterReadSchedule#\">"
                + planned("cim12-a") + planned("cim12-b") + planned("cim12-x") + Asks.type(PROFILE)
                + "<g:TimeSchedule><g:recurrencePeriod>86400</g:recurrencePeriod><g:scheduleInterval>"
                + "<g:end>2031-09-30T00:00:00-03:00</g:end><g:start>2031-09-01T00:00:00-04:00</g:start>"
                + "</g:scheduleInterval><g:TimePoints><g:window><g:end>2031-09-01T05:30:00-04:00</g:end>"
                + "<g:start>2031-09-01T02:00:00-04:00</g:start></g:window></g:TimePoints></g:TimeSchedule>"
                + "</g:MeterReadSchedule></Payload>";
        String xml = Asks.request("create", "MeterReadSchedule", "MDM", message, "", plan);

        Document reply = posted(xml);

        assertThat(errors(reply)).startsWith("PARTIAL 0.0:plan-").endsWith(" 2.4:UNKNOWN_METER:cim12-x");
        String made = errors(reply).replaceAll(".*(plan-[0-9a-f-]+).*", "$1");
        var stored = collector.get("/api/v1/plans/" + made).body();
        assertThat(stored.path("state").asString()).as(stored.toString()).isEqualTo("ACTIVE");
        assertThat(stored.path("members").asLong()).isEqualTo(2);
        assertThat(collector.jdbc().queryForObject("SELECT spec::text FROM plan WHERE plan_id = ?", String.class, made))
                .contains("2031-09-01")
                .contains("2031-09-29")
                .contains("02:00")
                .contains("05:30")
                .contains("READ_PROFILE");
        assertThat(errors(posted(xml))).isEqualTo(errors(reply));
        assertThat(collector.number("SELECT count(*) FROM plan WHERE owner = 'cim:MDM' AND name LIKE ?", "%" + message))
                .isEqualTo(1);

        assertThat(errors(posted(xml.replace("86400", "12345").replace(message, id()))))
                .startsWith("FAILED 1.8");
        String cancel = Asks.request(
                "cancel", "MeterReadSchedule", "MDM", id(), "", "<Request><ID>" + message + "</ID></Request>");
        assertThat(errors(posted(cancel))).isEqualTo("OK 0.0");
        assertThat(collector.get("/api/v1/plans/" + made).body().path("state").asString())
                .isEqualTo("CANCELLED");
    }

    private static String planned(String meter) {
        return "<g:EndDevice><g:mRID>" + org.telar.collector.integration.cim.MeterRef.mrid(meter) + "</g:mRID>"
                + Asks.names("g", meter, "MeterNumber") + "</g:EndDevice>";
    }

    @Test
    @DisplayName(
            "D22, G19: a request for what is being read attaches to the open order; each CorrelationID gets its own"
                    + " reply, and one that cancels takes nothing from the other; another range is another order")
    void attach() throws Exception {
        collector.fleet("gw-cim13", "cim13");
        String first = id();
        String second = id();
        String third = id();
        String to = "<ReplyAddress>queue:att.answers</ReplyAddress>";
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim13");
                JMSContext jms = collector.bean(ConnectionFactory.class).createContext()) {
            posted(Asks.get("MDM", first, to, "", Asks.meter("cim13")));
            posted(Asks.get("CRM", second, to, "", Asks.meter("cim13")));
            posted(Asks.get("OMS", third, to, "", Asks.meter("cim13")));
            Order order = orders(edge, 1).get(0);
            assertThat(collector.number("SELECT count(*) FROM orders WHERE meter_no = 'cim13'"))
                    .isEqualTo(1);
            String range =
                    "<StartTime>2026-05-01T00:00:00-04:00</StartTime><EndTime>2026-05-02T00:00:00-04:00</EndTime>";
            posted(Asks.get("MDM", id(), to, range, Asks.meter("cim13")));
            assertThat(collector.number("SELECT count(*) FROM orders WHERE meter_no = 'cim13'"))
                    .isEqualTo(2);

            posted(Asks.request(
                    "cancel", "MeterReadings", "MDM", id(), "<CorrelationID>" + first + "</CorrelationID>", ""));
            assertThat(errors(received(jms, "att.answers", first))).isEqualTo("FAILED 6.5:CANCELLED:cim13");
            read(edge, 1, order);

            for (String message : List.of(second, third)) {
                Document reply = received(jms, "att.answers", message);
                assertThat(errors(reply)).isEqualTo("OK");
                assertThat(text(reply, "value")).isEqualTo("12.3456");
            }
        }
    }

    @Test
    @DisplayName("a meter may be named by the mRID that our own messages give it")
    void byMrid() throws Exception {
        collector.fleet("gw-cim9", "cim9");
        String mrid = org.telar.collector.integration.cim.MeterRef.mrid("cim9");
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim9")) {
            Document ack =
                    posted(Asks.get("MDM", id(), "", "", "<g:EndDevice><g:mRID>" + mrid + "</g:mRID></g:EndDevice>"));
            assertThat(errors(ack)).isEqualTo("OK 0.3");
            assertThat(orders(edge, 1).get(0).meter().orElseThrow().number()).isEqualTo("cim9");
        }
    }

    @Test
    @DisplayName(
            "R35, R67, R69, G8: events go out as EndDeviceEvents on their own channel, each once, with the meter in"
                    + " Assets, our code and the original in the details; none enters the Legacy flow")
    void events() throws Exception {
        collector.fleet("gw-cim10", "cim10");
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim10");
                JMSContext jms = collector.bean(ConnectionFactory.class).createContext();
                var consumer = jms.createConsumer(jms.createQueue("telar.cim.events"))) {
            var event = new org.telar.contract.Event(
                    "e-1",
                    now(),
                    "METER_STATUS_CHANGED",
                    org.telar.api.platform.EventSink.Severity.WARNING,
                    "cim10",
                    "cover <removed> & \u0001",
                    java.util.Map.of("dlms", "44"));
            byte[] bytes = Contract.encode(event);
            edge.send(OutboxKind.EVENT, 1, new Batch.Entry(1, bytes));
            edge.send(OutboxKind.EVENT, 1, new Batch.Entry(1, bytes));

            String found = "";
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (found.isEmpty() && System.nanoTime() < end) {
                Message m = consumer.receive(1_000);
                String text = m == null ? "" : ((TextMessage) m).getText();
                found = text.contains("cim10<") ? text : "";
            }
            Document d = valid(found);
            assertThat(text(d, "Verb")).isEqualTo("created");
            assertThat(text(d, "Noun")).isEqualTo("EndDeviceEvents");
            Element e = null;
            var all = d.getElementsByTagNameNS("*", "EndDeviceEvent");
            for (int i = 0; i < all.getLength(); i++) {
                e = all.item(i).getTextContent().contains("cim10") ? (Element) all.item(i) : e;
            }
            assertThat(e.getElementsByTagNameNS("*", "EndDeviceEventType")
                            .item(0)
                            .getAttributes()
                            .getNamedItem("ref")
                            .getNodeValue())
                    .isEqualTo("3.12.29.212");
            assertThat(e.getTextContent())
                    .contains("meter cover removed: cover <removed> & ")
                    .contains("METER_STATUS_CHANGED")
                    .contains("dlms44");
            assertThat(collector.number("SELECT count(*) FROM event WHERE meter_no = 'cim10' AND cim_pending"))
                    .isZero();
            assertThat(collector.number("SELECT count(*) FROM event WHERE meter_no = 'cim10'"))
                    .as("what the Legacy does not take stays in the central database")
                    .isEqualTo(1);
            assertThat(collector.number("SELECT count(*) FROM pending_work WHERE meter = 'cim10'"))
                    .isZero();
        }
    }

    @Test
    @DisplayName("R74: an order that fails produces no message on the readings queue")
    void nothingForFailure() throws Exception {
        collector.fleet("gw-cim11", "cim11");
        long before = collector.number("SELECT count(*) FROM cim_outbox WHERE gateway = 'gw-cim11'");
        String xml = Asks.get("MDM", id(), "", "", Asks.meter("cim11"));
        try (FakeEdge edge = new FakeEdge(collector, "gw-cim11")) {
            posted(xml);
            result(edge, 1, orders(edge, 1).get(0), Result.State.FAIL, Ko.METER_UNREACHABLE, 0);
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(errors(posted(xml)))
                    .isEqualTo("FAILED 5.3:METER_UNREACHABLE:cim11"));
            assertThat(collector.number("SELECT count(*) FROM cim_outbox WHERE gateway = 'gw-cim11'"))
                    .isEqualTo(before);
            assertThat(collector.number("SELECT count(*) FROM pending_work WHERE gateway = 'gw-cim11'"))
                    .isZero();
        }
    }
}
