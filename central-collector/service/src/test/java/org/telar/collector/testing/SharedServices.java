package org.telar.collector.testing;

import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.telar.collector.CollectorApplication;
import org.telar.collector.platform.Broker;
import org.telar.collector.platform.PostgresServer;

/** A broker and a database that instances of the collector share, as a site's own services would be. */
public final class SharedServices implements AutoCloseable {
    private final Path folder;
    private final Pki pki;
    private final PostgresServer database;
    private final ConfigurableApplicationContext broker;
    private final int jms;

    public SharedServices(Path folder) throws Exception {
        this.folder = folder;
        this.pki = new Pki(folder.resolve("pki"));
        this.jms = freePort();
        this.database =
                PostgresServer.start(Files.createDirectories(folder.resolve("pg")), RunningCollector.software(), 0);
        this.broker = new SpringApplication(CollectorApplication.class)
                .run(RunningCollector.arguments(
                                folder.resolve("broker"), pki, "--telar.roles=broker", "--telar.jms.port=" + jms)
                        .toArray(String[]::new));
    }

    public Pki pki() {
        return pki;
    }

    public String mqttUrl() {
        return "ssl://localhost:" + broker.getBean(Broker.class).mqttPort();
    }

    /** What an instance is started with. */
    public String[] arguments(String instance, String... more) throws Exception {
        Path smmc = Files.writeString(folder.resolve("smmc"), database.password("smmc"));
        Path legacy = Files.writeString(folder.resolve("legacy"), database.password("legacy"));
        String[] own = {
            "--telar.roles=collector",
            "--telar.instance=" + instance,
            "--telar.mqtt.url=" + mqttUrl(),
            "--telar.jms.url=" + jmsUrl(),
            "--telar.database.url=" + database.url("smmc"),
            "--telar.database.password-file=" + smmc,
            "--telar.database.legacy-url=" + database.url("legacy"),
            "--telar.database.legacy-password-file=" + legacy
        };
        String[] all = java.util.Arrays.copyOf(own, own.length + more.length);
        System.arraycopy(more, 0, all, own.length, more.length);
        return all;
    }

    private String jmsUrl() throws Exception {
        return "tcp://localhost:" + jms + "?sslEnabled=true&keyStoreType=PKCS12&trustStoreType=PKCS12&keyStorePath="
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

    @Override
    public void close() {
        broker.close();
        database.close();
    }
}
