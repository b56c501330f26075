package org.telar.simulator;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.GXReplyData;
import gurux.dlms.objects.GXDLMSData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.fleet.MeterModel.Auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** UDP, gateway header, PRIME base node and pushes, as the readme describes them (R41 D1 D16 D20). */
class NetworkTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:34:56Z");
    private static final String NAME = "C001C1000100002A0000FF0200";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Sims.start(
                data,
                72,
                Map.of(
                        Medium.WRAPPER,
                        17,
                        Medium.HDLC_TCP,
                        16,
                        Medium.PTY,
                        16,
                        Medium.UDP,
                        17,
                        Medium.GATEWAY,
                        17,
                        Medium.PRIME,
                        17),
                512,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    private static String run(String command) {
        String reply = simulator.commands().run("{" + command.replace('\'', '"') + "}");
        assertThat(reply).startsWith("{\"ok\":true");
        return reply;
    }

    private static List<Meter> on(Medium medium) {
        return simulator.fleet().meters().stream()
                .filter(m -> m.spec().medium() == medium)
                .toList();
    }

    private static String name(GuruxClient client) throws Exception {
        GXReplyData reply = client.exchange(client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2));
        return new String((byte[]) reply.getValue(), StandardCharsets.US_ASCII);
    }

    private static byte[] wrapper(int source, int destination, String content) {
        byte[] bytes = HEX.parseHex(content);
        return ByteBuffer.allocate(8 + bytes.length)
                .putShort((short) 1)
                .putShort((short) source)
                .putShort((short) destination)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
    }

    private static String next(Socket socket) throws IOException {
        socket.setSoTimeout(3000);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] header = new byte[8];
        in.readFully(header);
        byte[] content = new byte[(header[6] & 0xFF) << 8 | header[7] & 0xFF];
        in.readFully(content);
        return HEX.formatHex(header) + HEX.formatHex(content);
    }

    /** R41: Gurux's own gateway and UDP framing; HLS5 and LLS; blocks. */
    @ParameterizedTest
    @CsvSource({"UDP,A", "UDP,B", "GATEWAY,A", "GATEWAY,B", "PRIME,A", "PRIME,B"})
    @DisplayName("R41 D1: Gurux's client finds who it asked for by UDP, behind the gateway and as a PRIME node")
    void identity(Medium medium, MeterModel model) throws Exception {
        Meter meter = Sims.meter(simulator, medium, model);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            assertThat(name(client)).isEqualTo(meter.spec().identity());
            GXReplyData blocks =
                    client.exchange(client.dlms.read(new gurux.dlms.objects.GXDLMSProfileGeneric("1.0.99.2.0.255"), 2));
            assertThat((List<?>) blocks.getValue()).hasSize(45);
        }
    }

    @Test
    @DisplayName("R02: the same port answers by ::1; a meter in fleet.csv is said to be at either")
    void ipv6() throws Exception {
        Assumptions.assumeTrue(Fleet.loopback().size() == 2, "SKIPPED(this machine has no ::1)");
        Meter six = on(Medium.UDP).stream()
                .filter(m -> m.spec().endpoint().startsWith("udp://[::1]:"))
                .findFirst()
                .orElseThrow();
        try (GuruxClient client = GuruxClient.open(
                        six.spec(), 16, Auth.NONE, six.spec().credentials())
                .associate()) {
            assertThat(name(client)).isEqualTo(six.spec().identity());
        }
    }

    @Test
    @DisplayName("F24: a datagram that is no frame, or has bytes behind it, is dropped; the next one is answered")
    void brokenDatagrams() throws Exception {
        Meter meter = on(Medium.UDP).get(0);
        try (GuruxClient client =
                GuruxClient.open(meter.spec(), 16, Auth.NONE, meter.spec().credentials())) {
            byte[] aarq = client.dlms.aarqRequest()[0];
            client.timeoutMillis = 200;
            for (byte[] bad : List.of(new byte[3], Arrays.copyOf(aarq, aarq.length + 1), "GET / HTTP/1.1".getBytes())) {
                assertThatThrownBy(() -> client.raw(bad)).isInstanceOf(GuruxClient.Silence.class);
            }
            assertThat(client.raw(aarq)[8]).isEqualTo((byte) 0x61);
        }
    }

    /** Bytes by hand: wrapper 0001 src dst len, then E6 01 04 address APDU; the answer has E7 and the same address. */
    @Test
    @DisplayName("gateway header: E6 in, E7 out with network and address; others get nothing")
    void gatewayByHand() throws Exception {
        Meter meter = on(Medium.GATEWAY).get(0);
        String address = String.format("%08X", meter.spec().wrapperId());
        int port = java.net.URI.create(meter.spec().endpoint()).getPort();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(wrapper(16, 1, Raw.publicAarq(512)));
            socket.getOutputStream().write(wrapper(16, 1, "E60204" + address + Raw.publicAarq(512)));
            socket.getOutputStream().write(wrapper(16, 1, "E601FF"));
            socket.getOutputStream().write(wrapper(16, 1, "E60104" + address + Raw.publicAarq(512)));
            assertThat(next(socket)).startsWith("000100010010").contains("E70104" + address + "61");
            // Shorter addresses are padded by nobody: two bytes are enough to say 1000.
            String two = "E60102" + address.substring(4);
            socket.getOutputStream().write(wrapper(16, 1, two + NAME));
            assertThat(next(socket)).contains("E70102" + address.substring(4) + "C401C100090B");
        }
        assertThat(Files.readAllLines(data.resolve("fleet.csv")))
                .anyMatch(line -> line.startsWith(meter.spec().serial() + ",") && line.endsWith(",1:" + address));
    }

    private static Socket base() throws IOException {
        int port =
                java.net.URI.create(on(Medium.PRIME).get(0).spec().endpoint()).getPort();
        return new Socket("127.0.0.1", port);
    }

    private static String newDevice(int node, Meter meter) {
        String name = HEX.formatHex(meter.spec().identity().getBytes(StandardCharsets.US_ASCII));
        return "01" + String.format("%04X", node) + "0301" + "0B" + name + "0254"
                + String.format("%08X", meter.spec().number());
    }

    /** Bytes by hand, as design and readme say: commands from 1 to 0, notifications from 0 to 1. */
    @Test
    @DisplayName("D1 D20: node list, data by node id, delete, join and leave; a node id is reused by another meter")
    void prime() throws Exception {
        List<Meter> meters = on(Medium.PRIME);
        int first = meters.get(0).spec().wrapperId();
        try (Socket host = base()) {
            host.getOutputStream().write(wrapper(1, 0, "03"));
            for (int i = 0; i < meters.size(); i++) {
                String content = newDevice(first + i, meters.get(i));
                assertThat(next(host))
                        .isEqualTo("000100000001" + String.format("%04X", content.length() / 2) + content);
            }
            host.getOutputStream().write(wrapper(16, first, Raw.publicAarq(512)));
            assertThat(next(host))
                    .startsWith("0001" + String.format("%04X", first) + "0010")
                    .contains("61");

            host.getOutputStream().write(wrapper(1, 0, "04" + String.format("%04X", first)));
            assertThat(next(host)).isEqualTo("0001000000010003" + "02" + String.format("%04X", first));
            host.getOutputStream().write(wrapper(16, first, NAME));
            host.getOutputStream().write(wrapper(16, first + 6, NAME));
            assertThat(next(host))
                    .as("nothing comes from the deleted node")
                    .isEqualTo("0001" + String.format("%04X", first + 6) + "0010" + "0003D80101");
            run("'cmd':'prime-leave','meter':" + meters.get(1).spec().number());
            assertThat(next(host)).endsWith("02" + String.format("%04X", first + 1));

            assertThat(run("'cmd':'prime-join','meter':" + meters.get(1).spec().number()))
                    .contains("\"node\":" + first);
            assertThat(next(host)).endsWith(newDevice(first, meters.get(1)));
            host.getOutputStream().write(wrapper(16, first, Raw.publicAarq(512)));
            assertThat(next(host)).contains("61");
            host.getOutputStream().write(wrapper(16, first, NAME));
            assertThat(next(host))
                    .endsWith(HEX.formatHex(meters.get(1).spec().identity().getBytes(StandardCharsets.US_ASCII)));

            try (Socket second = base()) {
                host.setSoTimeout(3000);
                assertThat(host.getInputStream().read())
                        .as("one host only, the latest")
                        .isEqualTo(-1);
                second.getOutputStream().write(wrapper(16, first, NAME));
                assertThat(next(second)).as("the association is the node's").contains("C401C100");
            }
            run("'cmd':'prime-leave','meter':" + meters.get(1).spec().number());
            run("'cmd':'prime-join','node':" + (first + 1) + ",'meter':"
                    + meters.get(1).spec().number());
            run("'cmd':'prime-join','meter':" + meters.get(0).spec().number());
        }
    }

    @Test
    @DisplayName("PRIME: a broadcast is answered by nobody; auto-close ends an association with the host connection")
    void autoClose() throws Exception {
        List<Meter> meters = on(Medium.PRIME);
        int kept = meters.get(2).spec().wrapperId();
        int closed = meters.get(3).spec().wrapperId();
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            try (Socket host = base()) {
                for (int node : List.of(kept, closed)) {
                    host.getOutputStream().write(wrapper(16, node, Raw.publicAarq(512)));
                    assertThat(next(host)).contains("61");
                }
                host.getOutputStream().write(wrapper(1, 0, "05" + String.format("%04X", closed)));
                host.getOutputStream().write(wrapper(16, 0x7F, NAME));
                host.getOutputStream().write(wrapper(16, kept, NAME));
                assertThat(next(host)).startsWith("0001" + String.format("%04X", kept));
            }
        });
        assertThat(run("'cmd':'prime-nodes'"))
                .contains("\"node\":" + closed + ",\"meter\":"
                        + meters.get(3).spec().number() + ",\"auto_close\":true");
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            try (Socket host = base()) {
                host.getOutputStream().write(wrapper(16, kept, NAME));
                assertThat(next(host)).contains("C401C1");
                host.getOutputStream().write(wrapper(16, closed, NAME));
                assertThat(next(host)).as("not associated any more").endsWith("D80101");
            }
        });
    }

    /** D16: the exact bytes of a DataNotification, by TCP to an address, framed as each medium frames. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"WRAPPER", "UDP", "PRIME", "GATEWAY", "HDLC_TCP", "PTY"})
    @DisplayName("D16: DataNotification and EventNotification to an address, over each medium's framing")
    void pushToAddress(Medium medium) throws Exception {
        Meter meter = on(medium).stream()
                .filter(m -> m.spec().model() == MeterModel.A)
                .findFirst()
                .orElseThrow();
        run("'cmd':'set-status','meter':" + meter.spec().number() + ",'word':5,'alarm':129");
        String name = HEX.formatHex(meter.spec().identity().getBytes(StandardCharsets.US_ASCII));
        String time = "07EA0B170109223800" + "00B480";
        String body = "0205" + "09060004190900FF" + "090B" + name + "090C" + time + "0600000005" + "0600000081";
        String event = "C2010C" + time + "0001" + "0000616200FF" + "02" + "0600000081";
        String data = receive(medium, meter, "'service':'data'");
        assertThat(data).contains("0C" + time + body);
        assertThat(receive(medium, meter, "'service':'event'")).contains(event);
        String id = String.format(
                "%04X", medium == Medium.GATEWAY ? 1 : meter.spec().wrapperId());
        switch (medium) {
            case WRAPPER, UDP, PRIME ->
                assertThat(data).startsWith("0001" + id + "0001").contains("0F000000");
            case GATEWAY ->
                assertThat(data)
                        .startsWith("000100010001")
                        .contains("E70104" + String.format("%08X", meter.spec().wrapperId()) + "0F");
            default ->
                assertThat(data)
                        .startsWith("7EA0")
                        .contains("0302" + String.format("%02X", meter.spec().hdlcPhysical() << 1 | 1) + "13")
                        .contains("E6E7000F")
                        .endsWith("7E");
        }
    }

    private static String receive(Medium medium, Meter meter, String arguments) throws Exception {
        String command = "'cmd':'push','meter':" + meter.spec().number() + "," + arguments;
        if (medium == Medium.UDP) {
            try (DatagramSocket listener = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
                listener.setSoTimeout(3000);
                run(command + ",'to':'udp://127.0.0.1:" + listener.getLocalPort() + "'");
                DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
                listener.receive(packet);
                return HEX.formatHex(Arrays.copyOf(packet.getData(), packet.getLength()));
            }
        }
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run(command + ",'to':'tcp://127.0.0.1:" + listener.getLocalPort() + "'");
            try (Socket socket = listener.accept()) {
                return HEX.formatHex(socket.getInputStream().readAllBytes());
            }
        }
    }

    /** D16: Gurux's client opens the ciphered notification with the meter's keys and reads the same values. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"WRAPPER", "UDP", "HDLC_TCP", "PTY"})
    @DisplayName("D16: a ciphered DataNotification on the connection that is open, understood by Gurux's client")
    void pushOnConnection(Medium medium) throws Exception {
        Meter meter = on(medium).stream()
                .filter(m -> m.spec().model() == MeterModel.A)
                .skip(1)
                .findFirst()
                .orElseThrow();
        String push = "'cmd':'push','protect':true,'meter':" + meter.spec().number();
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            run(push);
            byte[] frame = client.raw(new byte[0]);
            GXReplyData reply = new GXReplyData();
            GXReplyData notify = new GXReplyData();
            client.dlms.getData(new GXByteBuffer(frame), reply, notify);
            List<?> values = (List<?>) notify.getValue();
            assertThat(new String((byte[]) values.get(1), StandardCharsets.US_ASCII))
                    .isEqualTo(meter.spec().identity());
            assertThat(((Number) values.get(3)).longValue()).isEqualTo(meter.statusWord());
            assertThat(name(client))
                    .as("and the association goes on")
                    .isEqualTo(meter.spec().identity());
        }
    }

    @Test
    @DisplayName("D16: a node of the base node pushes over the host connection; without one the command says so")
    void pushByPrime() throws Exception {
        Meter meter = on(Medium.PRIME).get(5);
        String push = "'cmd':'push','client':2,'body':'06000000FF','meter':"
                + meter.spec().number();
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            try (Socket host = base()) {
                host.getOutputStream().write(wrapper(16, meter.spec().wrapperId(), Raw.publicAarq(512)));
                assertThat(next(host)).contains("61");
                run(push);
                assertThat(next(host))
                        .startsWith("0001" + String.format("%04X", meter.spec().wrapperId()) + "0002")
                        .contains("000F0")
                        .endsWith("06000000FF");
            }
        });
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> simulator
                .commands()
                .run("{" + push.replace('\'', '"') + "}")
                .contains("the base node has no host"));
    }

    @Test
    @DisplayName("the statistics count the new media, and only where there are meters on them")
    void statistics() throws Exception {
        assertThat(EnumSet.of(Medium.UDP, Medium.GATEWAY, Medium.PRIME))
                .allMatch(medium -> run("'cmd':'stats'").contains("\"" + medium.text() + "\":{\"meters\":1"));
        assertThat(simulator.ready())
                .contains("\"udp\":")
                .contains("\"gateway\":")
                .contains("\"prime\":");
        try (Socket silent = base()) {
            silent.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
            silent.setSoTimeout(3000);
            assertThatThrownBy(() -> next(silent)).isInstanceOfAny(EOFException.class, IOException.class);
        }
    }
}
