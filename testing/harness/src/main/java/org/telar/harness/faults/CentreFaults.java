package org.telar.harness.faults;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.Topics;
import org.telar.harness.Await;
import org.telar.harness.HarnessException;
import org.telar.harness.Launch;
import org.telar.harness.TcpFaultProxy.Trouble;

/** Poison, strangers, and databases that fail. */
final class CentreFaults {
    private static final Duration NOTICED = Duration.ofSeconds(60);
    private static final String QUARANTINED = "SELECT count(*) FROM quarantine";
    private static final int READ_ONLY_MILLIS = 6000;

    private CentreFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(
                                6,
                                "power cut of the database's disk",
                                "corte de energía del disco de la base de datos",
                                "",
                                60,
                                CentreFaults::databaseLosesPower)
                        .needing(PowerCut::missing),
                Fault.of(
                        32,
                        "poison: no schema, a future version, a wrong length, another gateway's name",
                        "veneno: sin esquema, versión futura, largo errado, nombre de otro concentrador",
                        "",
                        5,
                        CentreFaults::poison),
                Fault.of(
                        33,
                        "a meter that the centre does not know",
                        "un medidor que el centro no conoce",
                        "",
                        30,
                        CentreFaults::unknownMeter),
                Fault.of(
                        34,
                        "the Legacy database away for four hours, locked, read-only, commit unknown",
                        "la base Legacy ausente cuatro horas, bloqueada, de sólo lectura, commit incierto",
                        "LEGACY_DOWN",
                        60,
                        CentreFaults::legacyFails),
                Fault.of(
                        35,
                        "the Legacy database takes a row a second",
                        "la base Legacy recibe una fila por segundo",
                        "",
                        60,
                        CentreFaults::legacySlow));
    }

    private static void databaseLosesPower(Round r) throws Exception {
        Rig rig = r.rig();
        Path cluster = rig.collectorData().resolve("postgres/cluster");
        rig.collector().process().stop(Duration.ofSeconds(30));
        PowerCut disk = new PowerCut(PowerCut.compile(), cluster, rig.data().resolve("shadow"));
        disk.arm();
        rig.collector().start(Launch.with(disk.environment(false)));
        KillFaults.awaitCentre(rig);
        r.load();
        long at = r.moment(0, 4000);
        killPostgres(rig, cluster);
        double lucky = List.of(0.0, 0.3, 0.7).get(r.random().nextInt(3));
        int changed = disk.cut(r.random(), lucky);
        r.note("cut after " + at + " ms; " + changed + " files lost what was not synced");
        Files.deleteIfExists(cluster.resolve("postmaster.pid"));
        rig.collector().start();
        r.healed();
    }

    /** Collector and server at once, as the power would. */
    private static void killPostgres(Rig rig, Path cluster) throws Exception {
        long postmaster = Long.parseLong(
                Files.readAllLines(cluster.resolve("postmaster.pid")).get(0).strip());
        List<ProcessHandle> all = new ArrayList<>();
        ProcessHandle.of(postmaster).ifPresent(p -> {
            all.add(p);
            p.descendants().forEach(all::add);
        });
        rig.collector().process().kill();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle p : all) {
            Await.untilTrue("PostgreSQL to be gone", NOTICED, () -> Optional.of(!p.isAlive()));
        }
    }

    /** A gateway with a certificate of its own that says what nobody should say. */
    private static void poison(Round r) throws Exception {
        Rig rig = r.rig();
        long before = r.judge().central(QUARANTINED);
        List<byte[]> messages = new ArrayList<>();
        byte[] good = Contract.encode(new Batch(
                Rig.STRANGER, 1, OutboxKind.READINGS, List.of(new Batch.Entry(r.number(), new byte[] {99, 1, 2, 3}))));
        messages.add(noise(r));
        messages.add(java.util.Arrays.copyOf(good, good.length - 3));
        messages.add(HexFormat.of().parseHex("08ff01"));
        messages.add(new byte[0]);
        messages.add(Contract.encode(
                new Batch(Rig.GATEWAY, 1, OutboxKind.READINGS, List.of(new Batch.Entry(1, new byte[] {1})))));
        messages.add(good);
        String run = r.load();
        MqttAsyncClient client = connect(rig);
        try {
            for (byte[] payload : messages) {
                client.publish(Topics.up(Rig.STRANGER, OutboxKind.READINGS), new MqttMessage(payload, 1, false, null))
                        .waitForCompletion(10_000);
            }
            r.healed();
            foreignTopic(client, good);
        } finally {
            client.disconnectForcibly(0, 500, false);
            client.close(true);
        }
        Await.untilTrue("every poisonous message in quarantine", NOTICED, () -> {
            try {
                return Optional.of(r.judge().central(QUARANTINED) >= before + messages.size());
            } catch (java.sql.SQLException e) {
                return Optional.empty();
            }
        });
        r.recovered();
        r.awaitRead(run);
        r.note(messages.size() + " messages in quarantine, the load beside them went on");
    }

    private static byte[] noise(Round r) {
        byte[] noise = new byte[1 + r.random().nextInt(2000)];
        r.random().nextBytes(noise);
        return noise;
    }

    /** The broker takes nothing on another gateway's topic. */
    private static void foreignTopic(MqttAsyncClient client, byte[] payload) throws HarnessException {
        try {
            var token = client.publish(
                    Topics.up(Rig.GATEWAY, OutboxKind.READINGS), new MqttMessage(payload, 1, false, null));
            token.waitForCompletion(10_000);
            int[] codes = token.getReasonCodes();
            Round.require(
                    codes != null && codes.length > 0 && codes[0] >= 0x80,
                    "the broker took a message on another gateway's topic");
        } catch (MqttException refused) {
            // Refused or disconnected: as it should be.
        }
    }

    private static MqttAsyncClient connect(Rig rig) throws Exception {
        MqttAsyncClient client =
                new MqttAsyncClient("ssl://localhost:" + rig.brokerPort(), Rig.STRANGER, new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setConnectionTimeout(10);
        options.setSocketFactory(MqttShim.context(rig.gateway(Rig.STRANGER)).getSocketFactory());
        client.connect(options).waitForCompletion(10_000);
        return client;
    }

    private static void unknownMeter(Round r) throws Exception {
        Rig rig = r.rig();
        Round.require(!rig.spares().isEmpty(), "every meter is known already: a rig has only a few unknown ones");
        String meter = rig.spares().get(0);
        String waiting = "SELECT count(*) FROM held_poll WHERE meter_no = '" + meter + "'";
        String run = r.load();
        r.awaitRead(run);
        DiskFaults.awaitWell(rig);
        Await.untilTrue("readings of the unknown meter to be held", NOTICED, () -> {
            try {
                return Optional.of(r.judge().central(waiting) > 0);
            } catch (java.sql.SQLException e) {
                return Optional.empty();
            }
        });
        long held = r.judge().central(waiting);
        rig.importMeters(Set.of(meter));
        r.healed();
        Await.untilTrue("what was held to be released", NOTICED, () -> {
            try {
                return Optional.of(r.judge().central(waiting) == 0);
            } catch (java.sql.SQLException e) {
                return Optional.empty();
            }
        });
        r.recovered();
        r.note("meter " + meter + ": " + held + " polls were held and released");
    }

    private static void legacyFails(Round r) throws Exception {
        Rig rig = r.rig();
        switch ((r.number() - 1) % 4) {
            case 0 -> legacyAway(r);
            case 1 -> legacyLocked(r);
            case 2 -> legacyReadOnly(r);
            default -> {
                rig.legacyLine()
                        .trouble(
                                Trouble.NONE.withReset(0.25).withSeed(r.random().nextLong()));
                r.awaitRead(r.load());
                r.moment(6000, 9000);
                rig.legacyLine().calm();
                r.healed();
                r.expect("");
                r.note("connections reset at any moment, commits included");
            }
        }
    }

    private static void legacyAway(Round r) throws Exception {
        Rig rig = r.rig();
        rig.legacyLine().cut();
        r.awaitRead(r.load());
        Round.require(r.awaitEvents("LEGACY_DOWN", NOTICED), "LEGACY_DOWN was not told within 60 s");
        DiskFaults.awaitWell(rig);
        r.note("ingest went on meanwhile");
        Instant before = rig.clock().now();
        rig.advance(Duration.ofHours(4));
        r.moment(1000, 2000);
        rig.legacyLine().restore();
        r.healed();
        awaitLegacyMoves(r);
        r.recovered();
        r.note("away from " + before + " for four hours");
    }

    /** The first rows after the database came back. */
    private static void awaitLegacyMoves(Round r) throws Exception {
        Instant until = r.judge().until();
        Await.untilTrue("the Legacy to fill again", NOTICED, Duration.ofSeconds(1), () -> {
            try {
                return Optional.of(r.judge().loaded(until) > 0);
            } catch (java.sql.SQLException e) {
                return Optional.empty();
            }
        });
    }

    private static void legacyLocked(Round r) throws Exception {
        try (Connection admin = admin(r.rig());
                Statement s = admin.createStatement()) {
            admin.setAutoCommit(false);
            s.execute("LOCK TABLE lp_day, file_journal IN ACCESS EXCLUSIVE MODE");
            r.awaitRead(r.load());
            r.moment(6000, 9000);
            admin.rollback();
        }
        r.healed();
        r.expect("");
        r.note("its tables were locked");
    }

    private static void legacyReadOnly(Round r) throws Exception {
        try (Connection admin = admin(r.rig());
                Statement s = admin.createStatement()) {
            s.execute("ALTER ROLE legacy SET default_transaction_read_only = on");
            s.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'legacy'");
            r.awaitRead(r.load());
            r.moment(READ_ONLY_MILLIS, READ_ONLY_MILLIS + 2000);
            s.execute("ALTER ROLE legacy RESET default_transaction_read_only");
            s.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'legacy'");
        }
        r.healed();
        r.expect("");
        r.note("it was read-only");
    }

    private static Connection admin(Rig rig) throws Exception {
        Properties secrets = new Properties();
        try (var in =
                Files.newBufferedReader(rig.collectorData().resolve("postgres/passwords"), StandardCharsets.US_ASCII)) {
            secrets.load(in);
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + rig.databasePort() + "/legacy",
                "telar_admin",
                secrets.getProperty("telar_admin"));
    }

    private static void legacySlow(Round r) throws Exception {
        Rig rig = r.rig();
        // A row of a day is some hundred bytes with its share of the protocol.
        rig.legacyLine().trouble(Trouble.NONE.withRate(600));
        r.awaitRead(r.load());
        DiskFaults.awaitWell(rig);
        r.note("the edge was drained while the Legacy was slow");
        r.moment(8000, 12_000);
        Round.require(rig.collector().process().isAlive(), "the collector ended");
        rig.legacyLine().calm();
        r.healed();
        awaitLegacyMoves(r);
        r.recovered();
    }
}
