package org.telar.benchmarks.uplink;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.telar.api.platform.EventSink;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.benchmarks.Benchmark;
import org.telar.benchmarks.Figure;
import org.telar.benchmarks.LedgerData;
import org.telar.benchmarks.SimulatedLoad;
import org.telar.harness.HarnessException;
import org.telar.harness.Ports;
import org.telar.harness.TcpFaultProxy;
import org.telar.harness.TestPki;
import org.telar.store.sqlite.internal.SqliteStore;
import org.telar.store.sqlite.internal.StoreSettings;
import org.telar.uplink.mqtt.internal.MqttUplink;
import org.telar.uplink.mqtt.internal.UplinkSettings;

/** Bytes on the TCP socket, both ways, of 100 meters × 96 quarter-hours × 6 channels: handshake, MQTT, everything. */
public final class UplinkBenchmark implements Benchmark {
    private static final int METERS = 100;
    private static final String GATEWAY = "gw-0001";
    /** Of the references, which have no batches of their own. */
    private static final int MESSAGE = 256 << 10;

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "uplink";
    }

    @Override
    public String describe() {
        return "bytes per reading on the TCP socket, TLS and MQTT included, against JSON, Sparkplug B and KuraPayload";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        Instant until = SimulatedLoad.midnight(0);
        LedgerData data;
        try (SimulatedLoad load = SimulatedLoad.start(context, METERS, 45)) {
            data = load.profiles(SimulatedLoad.midnight(1), until);
        }
        long readings = data.meters().values().stream()
                .flatMap(m -> m.values().stream())
                .mapToLong(Map::size)
                .sum();
        int port = Ports.freeBlock().simulator();
        try {
            TestPki pki = TestPki.open(context.work().resolve("pki"));
            try (Post post = new Post(context.work().resolve("broker"), pki, port)) {
                return figures(context, data, until, readings, pki, port);
            }
        } catch (GeneralSecurityException | StoreException | MqttException e) {
            throw new IOException("the uplink failed: " + e.getMessage(), e);
        }
    }

    private static List<Figure> figures(
            Context context, LedgerData data, Instant until, long readings, TestPki pki, int port)
            throws IOException, InterruptedException, GeneralSecurityException, StoreException, MqttException {
        long ours = ours(context.work(), data, until, pki, port);
        List<Figure> figures = new ArrayList<>();
        long plain = Long.MAX_VALUE;
        long deflated = Long.MAX_VALUE;
        List<Figure> reported = new ArrayList<>();
        for (Map.Entry<String, byte[]> form : Forms.of(data).entrySet()) {
            long one = reference(form.getValue(), pki, port);
            long two = reference(Forms.deflated(form.getValue()), pki, port);
            plain = Math.min(plain, one);
            deflated = Math.min(deflated, two);
            String key = form.getKey().split(" ")[0].toLowerCase(java.util.Locale.ROOT);
            reported.add(Figure.reported(key + "_plain", (double) one / readings, "B", form.getKey() + ", a reading"));
            reported.add(Figure.reported(
                    key + "_deflated", (double) two / readings, "B", form.getKey() + ", all as one stream"));
        }
        figures.add(Figure.atMost(
                "bytes_per_reading",
                (double) ours / readings,
                "B",
                1.0,
                "both ways on the socket, handshake included"));
        figures.add(Figure.atLeast(
                "times_smaller_than_best_plain", (double) plain / ours, "x", 15, "the best of the three below"));
        figures.add(Figure.atLeast(
                "times_smaller_than_best_deflated", (double) deflated / ours, "x", 2, "the best of the three below"));
        figures.addAll(reported);
        figures.add(Figure.reported("readings", readings, "values", METERS + " meters, a local day"));
        return figures;
    }

    /** From the real store through the real uplink until the centre has acknowledged everything. */
    private static long ours(Path work, LedgerData data, Instant until, TestPki pki, int port)
            throws IOException, InterruptedException, GeneralSecurityException, StoreException {
        TestPki.Identity own = pki.gateway(GATEWAY);
        try (TcpFaultProxy proxy = TcpFaultProxy.start(0, port);
                SqliteStore store = new SqliteStore(
                        StoreSettings.in(work.resolve("store")).withNativeDirectory(work.resolve("lib")),
                        Clock.systemUTC(),
                        EventSink.NONE)) {
            for (var meter : data.meters().entrySet()) {
                store.commit(SimulatedLoad.poll(meter.getKey(), meter.getValue(), until, List.of()), Lane.LIVE);
            }
            UplinkSettings settings = new UplinkSettings(
                    URI.create("ssl://localhost:" + proxy.port()),
                    GATEWAY,
                    Optional.of(new UplinkSettings.TlsFiles(
                            own.keyStore(), own.trustStore(), own.passwordFile(), own.passwordFile())),
                    "0.1.0",
                    UplinkSettings.Limits.DEFAULT,
                    UplinkSettings.Times.DEFAULT);
            try (MqttUplink uplink =
                    new MqttUplink(settings, store, (at, host) -> {}, EventSink.NONE, Clock.systemUTC())) {
                uplink.start();
                long deadline = System.nanoTime() + DEADLINE.toNanos();
                while (store.backlog().entries() > 0) {
                    if (System.nanoTime() > deadline) {
                        throw new IOException("the uplink did not drain within " + DEADLINE);
                    }
                    Thread.sleep(50);
                }
            }
            return proxy.bytesUp() + proxy.bytesDown();
        }
    }

    private static long reference(byte[] stream, TestPki pki, int port)
            throws IOException, GeneralSecurityException, MqttException {
        try (TcpFaultProxy proxy = TcpFaultProxy.start(0, port)) {
            MqttAsyncClient client = Post.client("reference", proxy.port(), pki.gateway("reference"));
            for (int at = 0; at < stream.length; at += MESSAGE) {
                byte[] part = Arrays.copyOfRange(stream, at, Math.min(stream.length, at + MESSAGE));
                client.publish("reference/up", part, 1, false).waitForCompletion(DEADLINE.toMillis());
            }
            client.disconnect().waitForCompletion(5_000);
            client.close(true);
            return proxy.bytesUp() + proxy.bytesDown();
        }
    }
}
