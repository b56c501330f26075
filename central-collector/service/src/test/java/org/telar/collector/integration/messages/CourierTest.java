package org.telar.collector.integration.messages;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.integration.TestClock;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.cim.CimRequest;
import org.telar.collector.integration.cim.GzipBuffer;
import org.telar.collector.testing.Pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Delivery of answers and events: retried while the receiver is away, each once when it is back (R35). */
class CourierTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T05:00:00Z"));
    private final List<String> alarms = new ArrayList<>();
    private final List<String> arrived = new ArrayList<>();
    private boolean away;
    private TransactionTemplate transactions;
    private JdbcTemplate jdbc;
    private Outbox outbox;

    @BeforeEach
    void start() {
        var smmc = TestDatabases.fresh().smmc();
        transactions = new TransactionTemplate(new JdbcTransactionManager(smmc));
        jdbc = new JdbcTemplate(smmc);
        outbox = new Outbox(jdbc, clock);
    }

    private final Courier.Carrier carrier = new Courier.Carrier() {
        @Override
        public Destination.Kind kind() {
            return Destination.Kind.JMS;
        }

        @Override
        public void carry(Courier.Letter letter) throws IOException {
            if (away) {
                throw new IOException("nobody there");
            }
            arrived.add(letter.destination() + " " + letter.messageId() + " "
                    + new String(letter.body(), StandardCharsets.UTF_8));
        }
    };

    private Courier courier() {
        return new Courier(
                outbox, List.of(carrier), transactions, (c, s, t) -> alarms.add(c), clock, Duration.ofDays(7));
    }

    private void add(String id, Destination to) {
        outbox.add(
                Optional.empty(),
                to,
                "EndDeviceEvents",
                id,
                id,
                CimRequest.Wrap.PLAIN,
                GzipBuffer.of(("<" + id + "/>").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    @DisplayName(
            "R35: while the receiver is away a message comes again after growing pauses, and arrives once when it is"
                    + " back; what is kept goes nowhere")
    void outage() {
        away = true;
        add("one", Destination.queue("q"));
        add("kept", Destination.kept());
        assertThat(courier().deliver()).isTrue();
        assertThat(courier().deliver()).as("not before its pause").isFalse();
        clock.advance(Duration.ofSeconds(5));
        assertThat(courier().deliver()).isTrue();
        clock.advance(Duration.ofSeconds(9));
        assertThat(courier().deliver()).isFalse();
        away = false;
        clock.advance(Duration.ofSeconds(1));

        assertThat(courier().deliver()).isTrue();
        assertThat(courier().deliver()).isFalse();

        assertThat(arrived).containsExactly("q one <one/>");
        assertThat(jdbc.queryForObject("SELECT attempts FROM cim_out WHERE message_id = 'one'", Integer.class))
                .isEqualTo(3);
        assertThat(alarms).isEmpty();
    }

    @Test
    @DisplayName("a message that could not be delivered for a week is given up, with an alarm that a person reads")
    void givenUp() {
        away = true;
        add("old", Destination.queue("q"));
        for (int hour = 0; hour < 200 && outbox.waiting() > 0; hour++) {
            courier().deliver();
            clock.advance(Duration.ofHours(1));
        }
        assertThat(alarms).containsExactly("MESSAGE_UNDELIVERED");
        assertThat(outbox.waiting()).isZero();
        assertThat(jdbc.queryForObject("SELECT error FROM cim_out", String.class))
                .isEqualTo("nobody there");
    }

    @Test
    @DisplayName("answers are posted over TLS; anything but 2xx, or a stranger's certificate, is not arrived")
    void https(@TempDir Path folder) throws Exception {
        Pki pki = new Pki(folder);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(pki.context("collector")));
        int[] status = {503};
        server.createContext("/in", exchange -> {
            arrived.add(exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status[0], -1);
            exchange.close();
        });
        server.start();
        try {
            String url = "https://localhost:" + server.getAddress().getPort() + "/in";
            Courier.Letter letter = new Courier.Letter(
                    1, url, "m", "c", "MeterReadings", "text/xml", "<x/>".getBytes(StandardCharsets.UTF_8));
            HttpCarrier carrier = new HttpCarrier(pki.context("collector"));
            assertThatThrownBy(() -> carrier.carry(letter)).hasMessageContaining("503");
            status[0] = 202;
            carrier.carry(letter);
            assertThat(arrived).hasSize(2).containsOnly("text/xml; charset=utf-8 <x/>");

            HttpCarrier stranger = new HttpCarrier(new Pki(folder.resolve("other")).context("collector"));
            assertThatThrownBy(() -> stranger.carry(letter)).isInstanceOf(IOException.class);
            assertThat(arrived).hasSize(2);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @DisplayName("where an answer may go: queues of others, addresses that the site allows, the folder; never our own"
            + " queues, command topics or a host that only begins like an allowed one")
    @CsvSource({
        "jms:queue:mdm.in, JMS mdm.in",
        "queue://mdm.in, JMS mdm.in",
        "jms/mdm.in, JMS mdm.in",
        "mdm.in, JMS mdm.in",
        "telar.cim.replies, JMS telar.cim.replies",
        "telar.cim.replies.mdm, JMS telar.cim.replies.mdm",
        "file:, FILE",
        "https://mdm.example/cim/in, HTTP https://mdm.example/cim/in",
        "telar.cim.readings, -",
        "telar.v1.gw-1.down.orders, -",
        "activemq.management, -",
        "$sys.mqtt.retain.x, -",
        "https://mdm.example.evil/cim/in, -",
        "https://mdm.example/cim/../admin, -",
        "https://mdm.example:8443/cim/in, -",
        "http://mdm.example/cim/in, -",
        "https://u@mdm.example/cim/in, -",
        "ftp://mdm.example/x, -",
        "a b, -"
    })
    void addresses(String address, String expected) {
        assertThat(Destination.of(address, Set.of("https://mdm.example/cim/"))
                        .map(d -> (d.kind() + " " + d.name()).strip())
                        .orElse("-"))
                .isEqualTo(expected);
    }
}
