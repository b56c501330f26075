package org.telar.e2e;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.channel.NodeChannel;
import org.telar.api.channel.NodeListener;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.Push;
import org.telar.api.meter.PushListener;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.StatusWord;
import org.telar.api.model.TimeRange;
import org.telar.harness.SimulatorClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Datagrams, gateways, base nodes and pushes: the real driver and channels on the simulator's media. */
@Timeout(90)
class MeterMediaTest {
    private static final Instant TO =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
    private static final Instant FROM = TO.minus(1, ChronoUnit.DAYS);
    private static final ReadRequest DAY = new ReadRequest(
            List.of(new TimeRange(FROM, TO)), List.of(new TimeRange(FROM, TO)), List.of(), true, List.of());
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    static Path folder;

    private static SimulatedMeters simulator;
    private static List<Map<String, String>> fleet;
    private static Map<String, List<String>> ledger;

    @BeforeAll
    static void start() throws Exception {
        simulator = SimulatedMeters.start(
                folder,
                "--meters",
                "60",
                "--mix",
                "wrapper=20,hdlc-tcp=20,udp=20,gateway=20,prime=20",
                "--models",
                "A=100",
                "--line-size",
                "5");
        fleet = simulator.fleet();
        ledger = simulator.truth("ledger", FROM, TO);
    }

    @AfterAll
    static void stop() throws Exception {
        if (simulator != null) {
            simulator.close();
        }
    }

    private static final Reader.Counters COUNTERS = new Reader.Counters();

    private static List<Map<String, String>> on(String medium) {
        return fleet.stream().filter(m -> m.get("medium").equals(medium)).toList();
    }

    private static ObjectNode command(String cmd, Map<String, String> meter) {
        return SimulatorClient.request().put("cmd", cmd).put("meter", Integer.parseInt(meter.get("meter")));
    }

    private static void readsRight(Reader reader, Map<String, String> meter) throws Exception {
        MeterReadout readout = reader.read(meter, DAY);
        assertThat(Truth.profile(meter.get("meter"), readout))
                .as("profile of %s", meter)
                .containsExactlyInAnyOrderElementsOf(ledger.get(meter.get("meter")));
    }

    @Test
    @DisplayName("R02 R03: meters on datagrams of both families, behind a gateway and on a base node equal the ledger")
    void allMedia() throws Exception {
        try (Reader reader = new Reader(COUNTERS)) {
            for (String medium : List.of("udp", "gateway", "prime")) {
                List<Map<String, String>> meters = on(medium);
                assertThat(meters).hasSizeGreaterThan(5);
                for (Map<String, String> meter : meters.subList(0, 6)) {
                    readsRight(reader, meter);
                }
            }
            assertThat(on("udp").subList(0, 6))
                    .extracting(m -> m.get("endpoint"))
                    .anyMatch(e -> e.contains("127.0.0.1"));
        }
    }

    @Test
    @DisplayName(
            "D8: a lost datagram is asked again under the next counter, whether the request or its answer was lost")
    void lostDatagrams() throws Exception {
        Map<String, String> meter = on("udp").get(7);
        try (Reader reader = new Reader(COUNTERS)) {
            readsRight(reader, meter);
            for (String fault : List.of("drop-request", "drop-reply")) {
                for (int skip = 0; skip < 4; skip++) {
                    simulator.call(command("fault", meter)
                            .put("kind", fault)
                            .put("skip", skip)
                            .put("times", 1));
                    try (MeterSession session = reader.associate(
                            meter, Reader.keys(meter), Map.of(), Airtime.FREE, Duration.ofMillis(300))) {
                        assertThat(Truth.profile(meter.get("meter"), session.read(DAY)))
                                .as("%s %d", fault, skip)
                                .containsExactlyInAnyOrderElementsOf(ledger.get(meter.get("meter")));
                    }
                    simulator.call(command("fault-clear", meter));
                }
            }
        }
    }

    /** Remembers joins and leaves. */
    private static final class Nodes implements NodeListener {
        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void joined(URI network, NodeChannel.Node node) {
            told.add("+" + node.identity());
        }

        @Override
        public void left(URI network, NodeChannel.Node node) {
            told.add("-" + node.identity());
        }
    }

    @Test
    @DisplayName(
            "R50 D1: a base node tells its nodes, joins and leaves at once; a reused id is never taken for its meter")
    void primeNetwork() throws Exception {
        List<Map<String, String>> meters = on("prime");
        Map<String, String> first = meters.get(0);
        Map<String, String> second = meters.get(1);
        Nodes nodes = new Nodes();
        try (Reader reader = new Reader(COUNTERS)) {
            reader.onNodes(nodes);
            NodeChannel network = (NodeChannel) reader.channel(Reader.endpoint(first));
            await().atMost(SOON).until(() -> nodes.told.size() >= meters.size());
            assertThat(network.nodes()).hasSize(meters.size());
            NodeChannel.Node node = network.node(first.get("identity")).orElseThrow();
            assertThat(network.node(node.eui48())).contains(node);
            nodes.told.clear();

            simulator.call(command("prime-leave", first));
            await().atMost(SOON).until(() -> nodes.told.contains("-" + first.get("identity")));
            await().atMost(SOON).until(() -> network.node(node.id()).isEmpty());
            assertThatThrownBy(() -> reader.read(first, ReadRequest.probe()))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.METER_UNREACHABLE));

            network.remove(network.node(second.get("identity")).orElseThrow());
            await().atMost(SOON).until(() -> nodes.told.contains("-" + second.get("identity")));
            simulator.call(command("prime-join", second));
            await().atMost(SOON).until(() -> nodes.told.contains("+" + second.get("identity")));
            assertThat(network.node(second.get("identity")).orElseThrow().id())
                    .as("the lowest free id, that of the one that left")
                    .isEqualTo(node.id());
            simulator.call(command("prime-join", first));
            await().atMost(SOON).until(() -> nodes.told.contains("+" + first.get("identity")));
            readsRight(reader, first);
            readsRight(reader, second);
        }
    }

    @Test
    @DisplayName("D1: two nodes that swap their ids without a word are told apart, and nothing of them is returned")
    void swappedNodes() throws Exception {
        Map<String, String> a = on("prime").get(3);
        Map<String, String> b = on("prime").get(4);
        ObjectNode swap = SimulatorClient.request()
                .put("cmd", "swap")
                .put("a", Integer.parseInt(a.get("meter")))
                .put("b", Integer.parseInt(b.get("meter")));
        try (Reader reader = new Reader(COUNTERS)) {
            readsRight(reader, a);
            simulator.call(swap);
            assertThatThrownBy(() -> reader.associate(a, Reader.keys(a), Map.of(), Airtime.FREE, Duration.ofMillis(400))
                            .read(DAY))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isIn(Ko.AUTH_FAILED, Ko.IDENTITY));
        } finally {
            simulator.call(swap);
        }
    }

    /** Remembers pushes, and knows the meters. */
    private static final class Desk implements PushListener {
        final List<Push> pushes = new CopyOnWriteArrayList<>();
        private final String endpoint;

        /** @param endpoint of the one line that is listened to: addresses repeat on others */
        Desk(String endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public void pushed(Push push) {
            pushes.add(push);
        }

        @Override
        public Optional<Sender> at(String medium, String source) {
            return on(medium).stream()
                    .filter(m -> m.get("endpoint").equals(endpoint))
                    .map(m -> new Sender(Reader.meter(m, Map.of()), Reader.keys(m)))
                    .filter(s -> s.meter().address().equals(source))
                    .findFirst();
        }
    }

    @Test
    @DisplayName(
            "D16: both services, in clear and ciphered, are taken on every medium, before a request and within one")
    void pushes() throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp", "udp", "gateway", "prime")) {
            Map<String, String> meter = on(medium).get(2);
            String endpoint = Reader.endpoint(meter);
            simulator.call(command("set-status", meter).put("word", 5).put("alarm", 9));
            Desk desk = new Desk(meter.get("endpoint"));
            try (Reader reader = new Reader(COUNTERS)) {
                reader.onPush(desk);
                readsRight(reader, meter);
                List<Push.Service> expected = new ArrayList<>();
                try (MeterSession session = reader.associate(meter, Reader.keys(meter), Map.of())) {
                    session.read(ReadRequest.probe());
                    for (String service : List.of("data", "event")) {
                        for (boolean secret : new boolean[] {false, true}) {
                            simulator.call(command("push", meter)
                                    .put("service", service)
                                    .put("protect", secret));
                            session.read(ReadRequest.probe());
                            expected.add(
                                    service.equals("data")
                                            ? Push.Service.DATA_NOTIFICATION
                                            : Push.Service.EVENT_NOTIFICATION);
                        }
                    }
                }
                assertThat(reader.channel(endpoint).isOpen()).isTrue();
                assertThat(desk.pushes).extracting(Push::service).as(medium).containsExactlyElementsOf(expected);
                assertThat(desk.pushes).as(medium).allSatisfy(p -> {
                    assertThat(p.meter()).contains(new MeterId(meter.get("meter")));
                    assertThat(p.words()).contains(new StatusWord(Obis.ALARM_REGISTER, 9));
                    assertThat(p.time().orElseThrow())
                            .isBetween(
                                    Instant.now().minusSeconds(30),
                                    Instant.now().plusSeconds(5));
                });
                assertThat(desk.pushes.get(0).words()).contains(new StatusWord(Obis.ERROR_REGISTER, 5));
                assertThat(desk.pushes.get(0).identity()).contains(meter.get("identity"));
                assertThat(desk.pushes)
                        .extracting(Push::isProtected)
                        .as(medium)
                        .containsExactly(false, true, false, true);
            }
        }
    }

    @Test
    @DisplayName("D16: what a neighbour on the same line pushes is taken while another meter is read, ciphered or not")
    void neighbours() throws Exception {
        for (String medium : List.of("hdlc-tcp", "gateway", "prime")) {
            Map<String, String> read = on(medium).get(2);
            Map<String, String> pushing = on(medium).stream()
                    .filter(m -> m.get("endpoint").equals(read.get("endpoint")) && m != read)
                    .findFirst()
                    .orElseThrow();
            Desk desk = new Desk(read.get("endpoint"));
            try (Reader reader = new Reader(COUNTERS)) {
                reader.onPush(desk);
                readsRight(reader, pushing);
                readsRight(reader, read);
                simulator.call(command("push", pushing).put("protect", true));
                simulator.call(command("push", pushing).put("service", "event"));
                readsRight(reader, read);
                assertThat(desk.pushes)
                        .as(medium)
                        .extracting(p ->
                                p.meter().map(MeterId::number).orElse("?") + " " + p.service() + " " + p.isProtected())
                        .containsExactly(
                                pushing.get("meter") + " DATA_NOTIFICATION true",
                                pushing.get("meter") + " EVENT_NOTIFICATION false");
            }
        }
    }

    @Test
    @DisplayName("D16: a push that cannot be opened goes on as it came")
    void unknownPush() throws Exception {
        Map<String, String> meter = on("wrapper").get(4);
        Desk desk = new Desk(meter.get("endpoint"));
        try (Reader reader = new Reader(COUNTERS)) {
            reader.onPush(desk);
            try (MeterSession session = reader.associate(meter, Reader.keys(meter), Map.of())) {
                simulator.call(command("push", meter).put("body", "0203" + "1105" + "1106" + "1107"));
                session.read(ReadRequest.probe());
            }
            assertThat(desk.pushes).singleElement().satisfies(p -> {
                assertThat(p.words()).as("another layout than the model's").isEmpty();
                assertThat(HexFormat.of().formatHex(p.apdu())).endsWith("0203110511061107");
            });
        }
    }
}
