package org.telar.collector.platform;

import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import jakarta.jms.ConnectionFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.telar.collector.CollectorApplication;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Broker, JMS and database each elsewhere, by configuration; the collector embeds nothing. */
class ExternalServicesTest {

    @Test
    @DisplayName("role collector against a broker of role broker and a database server of the site's own (R12)")
    void everythingElsewhere() throws Exception {
        Path folder = RunningCollector.folder("external");
        Pki pki = new Pki(folder.resolve("pki"));
        int jms = freePort();
        try (PostgresServer database =
                PostgresServer.start(Files.createDirectories(folder.resolve("pg")), RunningCollector.software(), 0)) {
            String[] brokerArguments = RunningCollector.arguments(
                            folder.resolve("broker"), pki, "--telar.roles=broker", "--telar.jms.port=" + jms)
                    .toArray(String[]::new);
            try (ConfigurableApplicationContext brokerProcess =
                    new SpringApplication(CollectorApplication.class).run(brokerArguments)) {
                String mqtt =
                        "ssl://localhost:" + brokerProcess.getBean(Broker.class).mqttPort();
                Path smmc = Files.writeString(folder.resolve("smmc"), database.password("smmc"));
                Path legacy = Files.writeString(folder.resolve("legacy"), database.password("legacy"));
                try (RunningCollector collector = RunningCollector.start(
                        folder.resolve("data"),
                        pki,
                        "--telar.roles=collector",
                        "--telar.mqtt.url=" + mqtt,
                        "--telar.jms.url=" + jmsUrl(jms, pki),
                        "--telar.database.url=" + database.url("smmc"),
                        "--telar.database.password-file=" + smmc,
                        "--telar.database.legacy-url=" + database.url("legacy"),
                        "--telar.database.legacy-password-file=" + legacy)) {
                    collector.fleet("gw-ext", "ext");
                    Instant end = Instant.parse("2026-06-10T04:15:00Z");
                    try (FakeEdge edge = new FakeEdge(mqtt, pki, "gw-ext", "gw-ext")) {
                        edge.subscribe("telar/v1/gw-ext/down/#");
                        edge.readings(1, Polls.entry(1, Polls.poll("ext", "", end, Polls.block(end, 1, i -> i))));
                        await().atMost(Duration.ofSeconds(20)).until(() -> edge.acknowledged(1) == 1);
                    }
                    try (var connection =
                            collector.bean(ConnectionFactory.class).createConnection()) {
                        connection.start();
                        assertThat(connection.getMetaData().getJMSProviderName())
                                .isEqualTo("ActiveMQ");
                    }
                    assertThat(folder.resolve("data/postgres")).doesNotExist();
                    assertThat(folder.resolve("data/broker")).doesNotExist();
                }
            }
        }
    }

    private static String jmsUrl(int port, Pki pki) throws Exception {
        return "tcp://localhost:" + port + "?sslEnabled=true&keyStoreType=PKCS12&trustStoreType=PKCS12&keyStorePath="
                + encoded(pki.keyStore("collector")) + "&keyStorePassword=" + Pki.PASSWORD + "&trustStorePath="
                + encoded(pki.trustStore())
                + "&trustStorePassword=" + Pki.PASSWORD;
    }

    /** The work tree may lie in a folder with a space. */
    private static String encoded(Path path) {
        return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8);
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
