package org.telar.harness.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.telar.harness.Await;
import org.telar.harness.HarnessException;
import org.telar.harness.Launch;

/** Stores that are damaged, old or cannot be written; a torn configuration; a clock that jumps. */
final class StoreFaults {
    private static final Duration NOTICED = Duration.ofSeconds(60);
    private static final int PAGE = 4096;
    private static final int WAL_HEADER = 32;
    private static final int FRAME = 24 + PAGE;

    private StoreFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(
                                7,
                                "fsync fails with EIO: once, every fifth time, for ever",
                                "fsync falla con EIO: una vez, cada quinta, siempre",
                                "STORE_IO_ERROR",
                                60,
                                StoreFaults::syncFails)
                        .needing(StoreFaults::missingTrace),
                Fault.of(
                                9,
                                "the edge's file system is read-only",
                                "el sistema de archivos del borde es de sólo lectura",
                                "STORE_READONLY",
                                60,
                                StoreFaults::readOnly)
                        .needing(DiskFaults::missingMount),
                Fault.of(
                        10,
                        "corrupt database: header, zeroed, every other page",
                        "base dañada: encabezado, en ceros, página por medio",
                        "STORE_CORRUPT",
                        120,
                        StoreFaults::corrupt),
                Fault.of(
                        11,
                        "WAL truncated, flipped, missing",
                        "WAL truncado, alterado, ausente",
                        "STORE_ROLLED_BACK|STORE_CORRUPT",
                        120,
                        StoreFaults::walLies),
                Fault.of(
                        12,
                        "an old backup of the edge is restored",
                        "se restaura un respaldo antiguo del borde",
                        "EPOCH_CONFLICT|STORE_ROLLED_BACK",
                        60,
                        StoreFaults::oldBackup),
                Fault.of(
                        13,
                        "torn configuration",
                        "configuración cortada",
                        "CONFIG_FALLBACK",
                        15,
                        StoreFaults::tornConfiguration),
                Fault.of(
                        20,
                        "the edge's clock jumps: 1 h ahead, 1 h back, 1970, 400 days ahead",
                        "el reloj del borde salta: +1 h, -1 h, 1970, +400 días",
                        "CLOCK_JUMP",
                        60,
                        StoreFaults::clockJumps));
    }

    private static Optional<String> missingTrace() throws InterruptedException {
        Optional<String> absent = Tools.missing("strace");
        if (absent.isPresent()) {
            return absent;
        }
        try {
            Tools.run("strace", "-o", "/dev/null", "true");
            return Optional.empty();
        } catch (HarnessException e) {
            return Optional.of("strace may not trace here (" + e.getMessage() + ")");
        }
    }

    private static void syncFails(Round r) throws Exception {
        Rig rig = r.rig();
        String when = List.of(":when=1", ":when=1+5", "").get((r.number() - 1) % 3);
        Process strace = new ProcessBuilder(
                        "strace",
                        "-f",
                        "-q",
                        "-o",
                        "/dev/null",
                        "-e",
                        "trace=fsync,fdatasync",
                        "-e",
                        "inject=fsync,fdatasync:error=EIO" + when,
                        "-p",
                        Long.toString(rig.agent().process().pid()))
                .redirectErrorStream(true)
                .redirectOutput(rig.log("strace").toFile())
                .start();
        try {
            Thread.sleep(1000);
            Round.require(strace.isAlive(), "strace ended: " + Files.readString(rig.log("strace")));
            r.load();
            r.moment(5000, 8000);
            Round.require(rig.agent().process().isAlive(), "the agent ended when fsync failed");
        } finally {
            strace.destroy();
            strace.waitFor(10, TimeUnit.SECONDS);
        }
        r.healed();
        r.note("EIO " + (when.isEmpty() ? "each time" : when.equals(":when=1") ? "once a thread" : "every fifth time"));
    }

    private static void readOnly(Round r) throws Exception {
        Rig rig = r.rig();
        rig.stopAgent();
        SmallDisk disk = SmallDisk.under(rig.store(), 32);
        try {
            disk.readOnly(true);
            rig.startAgent(Launch.PLAIN);
            rig.awaitLink(NOTICED);
            r.load();
            r.moment(3000, 5000);
            Round.require(rig.agent().process().isAlive(), "the agent ended on a read-only disk");
            disk.readOnly(false);
            r.healed();
            DiskFaults.awaitWell(rig);
            r.recovered();
            // What it could not write down until now is told before it stops.
            Round.require(r.awaitEvents("STORE_READONLY", NOTICED), "STORE_READONLY was not told");
            rig.stopAgent();
        } finally {
            if (rig.agent().process().isAlive()) {
                rig.killAgent();
            }
            disk.close();
        }
        rig.startAgent(Launch.PLAIN);
    }

    /** Unsent data on the disk, and a process that had no time to clean up. */
    private static void unsentThenKilled(Round r) throws Exception {
        Rig rig = r.rig();
        r.loadUnsent();
        rig.killAgent();
    }

    private static void corrupt(Round r) throws Exception {
        Rig rig = r.rig();
        unsentThenKilled(r);
        long epoch = epoch(rig);
        Path db = rig.store().resolve("store.db");
        // The WAL would hide what is wrong in the file it belongs to.
        Files.deleteIfExists(rig.store().resolve("store.db-wal"));
        String how = List.of("header", "zeroed", "every other page").get((r.number() - 1) % 3);
        byte[] content = Files.readAllBytes(db);
        Random random = r.random();
        switch (how) {
            case "header" -> {
                byte[] noise = new byte[100];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, content, 0, Math.min(noise.length, content.length));
            }
            case "zeroed" -> java.util.Arrays.fill(content, (byte) 0);
            default -> {
                for (int at = PAGE; at + PAGE <= content.length; at += 2 * PAGE) {
                    byte[] noise = new byte[PAGE];
                    random.nextBytes(noise);
                    System.arraycopy(noise, 0, content, at, PAGE);
                }
            }
        }
        Files.write(db, content);
        r.note(how);
        rig.wan().restore();
        r.healed();
        rig.startAgent(Launch.PLAIN);
        rig.awaitLink(NOTICED);
        Await.untilTrue(
                "a new epoch",
                NOTICED,
                () -> Optional.of(rig.status().read().path("epoch").asLong() > epoch));
    }

    private static long epoch(Rig rig) {
        return rig.status().read().path("epoch").asLong();
    }

    private static void walLies(Round r) throws Exception {
        Rig rig = r.rig();
        unsentThenKilled(r);
        Path wal = rig.store().resolve("store.db-wal");
        Round.require(Files.exists(wal) && Files.size(wal) > WAL_HEADER + FRAME, "there is no WAL to spoil");
        int frames = validFrames(wal);
        String how = List.of("truncated", "flipped", "missing").get((r.number() - 1) % 3);
        int frame = frames / 4 + r.random().nextInt(Math.max(1, frames / 2));
        switch (how) {
            case "truncated" -> {
                try (RandomAccessFile f = new RandomAccessFile(wal.toFile(), "rw")) {
                    f.setLength(WAL_HEADER + (long) frame * FRAME + r.random().nextInt(FRAME));
                }
            }
            case "flipped" -> {
                try (RandomAccessFile f = new RandomAccessFile(wal.toFile(), "rw")) {
                    long at =
                            WAL_HEADER + (long) frame * FRAME + 24 + r.random().nextInt(PAGE);
                    f.seek(at);
                    int b = f.read();
                    f.seek(at);
                    f.write(b ^ 1 << r.random().nextInt(8));
                }
            }
            default -> Files.delete(wal);
        }
        r.note(how + " at frame " + frame + " of " + frames);
        rig.wan().restore();
        r.healed();
        rig.startAgent(Launch.PLAIN);
    }

    /** Frames whose salts are those of the header: the others are left over from before (SQLite file format §4.1). */
    private static int validFrames(Path wal) throws IOException {
        byte[] bytes = Files.readAllBytes(wal);
        int frames = 0;
        while (WAL_HEADER + (frames + 1) * FRAME <= bytes.length) {
            int at = WAL_HEADER + frames * FRAME + 8;
            if (!java.util.Arrays.equals(bytes, 16, 24, bytes, at, at + 8)) {
                break;
            }
            frames++;
        }
        return frames;
    }

    private static void oldBackup(Round r) throws Exception {
        Rig rig = r.rig();
        boolean everything = r.number() % 2 == 1;
        Path restored = everything ? rig.agentData() : rig.store();
        Path backup = rig.data().resolve("backup");
        rig.stopAgent();
        PowerCut.delete(backup);
        Files.createDirectories(backup);
        SmallDisk.copy(restored, backup);
        rig.startAgent(Launch.PLAIN);
        rig.awaitLink(NOTICED);
        r.awaitRead(r.load());
        DiskFaults.awaitWell(rig);
        rig.stopAgent();
        PowerCut.delete(restored);
        Files.createDirectories(restored);
        SmallDisk.copy(backup, restored);
        r.note("restored " + (everything ? "the whole data folder" : "the store"));
        rig.advance(Duration.ofMinutes(30));
        r.healed();
        rig.startAgent(Launch.PLAIN);
    }

    private static void tornConfiguration(Round r) throws Exception {
        Rig rig = r.rig();
        Path file = rig.gatewayFolder().resolve("agent.json");
        byte[] whole = Files.readAllBytes(file);
        r.load();
        r.moment(0, 1500);
        rig.killAgent();
        int left = r.random().nextInt(whole.length - 1);
        Files.write(file, java.util.Arrays.copyOf(whole, left));
        r.note("agent.json cut to " + left + " of " + whole.length + " bytes");
        r.healed();
        try {
            rig.startAgent(Launch.PLAIN);
            DiskFaults.awaitWell(rig);
            r.recovered();
        } finally {
            Files.write(file, whole);
        }
        rig.stopAgent();
        rig.startAgent(Launch.PLAIN);
    }

    private static void clockJumps(Round r) throws Exception {
        Rig rig = r.rig();
        List<Duration> jumps = new ArrayList<>(List.of(
                Duration.ofHours(1),
                Duration.ofHours(-1),
                Duration.between(rig.clock().now(), java.time.Instant.EPOCH),
                Duration.ofDays(400)));
        Duration jump = jumps.get((r.number() - 1) % jumps.size());
        String told = "SELECT count(*) FROM event WHERE code = 'CLOCK_JUMP' AND abs((detail->>'seconds')::bigint - "
                + jump.toSeconds() + ") < 60";
        long before = r.judge().central(told);
        // The agent looks once a second: two jumps within one would be one to it.
        Thread.sleep(Rig.STATUS_MILLIS);
        r.load();
        long at = r.moment(0, 2000);
        rig.agentClock(jump);
        try {
            r.load();
            r.moment(3000, 5000);
        } finally {
            rig.alignAgentClock();
        }
        r.healed();
        Await.untilTrue("CLOCK_JUMP by " + jump, NOTICED, () -> {
            try {
                return Optional.of(r.judge().central(told) > before);
            } catch (java.sql.SQLException e) {
                return Optional.empty();
            }
        });
        r.note("by " + jump + " after " + at + " ms");
    }
}
