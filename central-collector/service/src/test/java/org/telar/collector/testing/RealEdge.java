package org.telar.collector.testing;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.telar.store.sqlite.internal.SqliteStore;
import org.telar.store.sqlite.internal.StoreSettings;
import org.telar.uplink.mqtt.internal.MqttUplink;
import org.telar.uplink.mqtt.internal.UplinkSettings;

/** The edge's real store and uplink, without meters. */
public final class RealEdge implements AutoCloseable {
    private final String gateway;
    private final Pki pki;
    private final URI server;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final SqliteStore store;
    private Optional<MqttUplink> uplink = Optional.empty();

    /** Opens the store, without a link. */
    public RealEdge(RunningCollector collector, String gateway, Path folder) throws Exception {
        this.gateway = gateway;
        this.pki = collector.pki();
        this.server = URI.create(collector.mqttUrl());
        this.store = new SqliteStore(
                StoreSettings.in(folder), Clock.systemUTC(), (code, severity, meter, text, detail) -> events.add(code));
    }

    public void connect() throws Exception {
        UplinkSettings settings = new UplinkSettings(
                server,
                gateway,
                Optional.of(new UplinkSettings.TlsFiles(
                        pki.keyStore(gateway), pki.trustStore(), pki.passwordFile(), pki.passwordFile())),
                "0.1.0",
                UplinkSettings.Limits.DEFAULT,
                new UplinkSettings.Times(
                        Duration.ofSeconds(240),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(20),
                        Duration.ofMillis(50),
                        Duration.ofMillis(500)));
        MqttUplink made = new MqttUplink(
                settings,
                store,
                (at, host) -> {},
                (code, s, meter, text, detail) -> events.add(code),
                Clock.systemUTC());
        made.start();
        uplink = Optional.of(made);
    }

    public SqliteStore store() {
        return store;
    }

    /** Codes of the events of store and uplink. */
    public List<String> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() {
        uplink.ifPresent(MqttUplink::close);
        store.close();
    }
}
