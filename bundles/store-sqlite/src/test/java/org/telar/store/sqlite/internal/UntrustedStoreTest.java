package org.telar.store.sqlite.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.api.model.Obis;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.telar.store.sqlite.internal.Polls.MIDNIGHT;
import static org.telar.store.sqlite.internal.Polls.QUARTER;
import static org.telar.store.sqlite.internal.Polls.meter;
import static org.telar.store.sqlite.internal.SqliteStoreTest.sequences;

/** What a store does with files that are not what it left (R7, F10 to F12). */
class UntrustedStoreTest {
    private static final Clock CLOCK = Clock.fixed(MIDNIGHT.plus(Duration.ofDays(3)), ZoneOffset.UTC);
    private static final int POLLS = 60;

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private SqliteStore open(Path folder) throws StoreException {
        return new SqliteStore(StoreSettings.in(folder).withNativeDirectory(root.resolve("lib")), CLOCK, heard);
    }

    /** A store that was copied while it was open, as a crash would leave it: {@code POLLS} polls and one event. */
    private Path crashed() throws Exception {
        Path live = root.resolve("live");
        Path copy = root.resolve("crashed");
        try (SqliteStore store = open(live)) {
            store.append(OutboxKind.EVENT, Lane.URGENT, "first".getBytes());
            for (int i = 1; i <= POLLS; i++) {
                store.commit(Polls.day(i, MIDNIGHT), Lane.LIVE);
            }
            copy(live, copy);
        }
        return copy;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path f : files.filter(Files::isRegularFile).toList()) {
                Files.copy(f, to.resolve(f.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static int knownMeters(SqliteStore store) throws StoreException {
        int n = 0;
        for (int i = 1; i <= POLLS; i++) {
            n += store.known(meter(i), Obis.LOAD_PROFILE, MIDNIGHT.plus(QUARTER), QUARTER, 96)
                                    .cardinality()
                            == 96
                    ? 1
                    : 0;
        }
        return n;
    }

    @Test
    @DisplayName(
            "F1, F5: files copied in mid-flight hold every commit that returned; UNCLEAN_START and STORE_RECOVERED say so")
    void crash() throws Exception {
        Path folder = crashed();
        long epoch;
        try (SqliteStore store = open(folder)) {
            epoch = store.epoch();
            assertThat(sequences(store)).hasSize(POLLS + 1);
            assertThat(knownMeters(store)).isEqualTo(POLLS);
            assertThat(store.commit(Polls.day(1, MIDNIGHT), Lane.LIVE)).isEqualTo(POLLS + 2);
        }
        assertThat(heard.codes()).containsExactly("UNCLEAN_START", "STORE_RECOVERED");
        try (SqliteStore store = open(folder)) {
            assertThat(store.epoch()).isEqualTo(epoch);
        }
        assertThat(heard.codes())
                .describedAs("a start after an orderly stop is silent")
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zeroed", "truncated", "header", "noise", "text", "missing", "empty"})
    @DisplayName(
            "F10, R7: a damaged database is kept aside, the epoch grows by one, the store works, the meters are asked again")
    void corrupt(String how) throws Exception {
        Path folder = crashed();
        Path db = folder.resolve("store.db");
        try (SqliteStore store = open(folder)) {
            store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1});
        }
        long epoch = EpochFileTest.epochOf(folder);
        heard.codes().clear();
        damage(db, how);
        try (SqliteStore store = open(folder)) {
            assertThat(store.epoch()).isEqualTo(epoch + 1);
            assertThat(store.commit(Polls.day(1, MIDNIGHT), Lane.LIVE)).isPositive();
        }
        assertThat(heard.codes()).containsExactly("STORE_CORRUPT", "EPOCH");
        if (!how.equals("missing")) {
            assertThat(folder.resolve("untrusted-0001").resolve("store.db")).exists();
        }
        heard.codes().clear();
        try (SqliteStore store = open(folder)) {
            assertThat(store.epoch()).isEqualTo(epoch + 1);
            assertThat(store.lastSequence()).isPositive();
        }
        assertThat(heard.codes()).isEmpty();
    }

    private static void damage(Path db, String how) throws IOException {
        long size = Files.size(db);
        switch (how) {
            case "zeroed" -> Files.write(db, new byte[(int) size]);
            case "empty" -> Files.write(db, new byte[0]);
            case "missing" -> Files.delete(db);
            case "text" -> Files.writeString(db, "this is not a database\n");
            case "truncated" -> {
                try (RandomAccessFile f = new RandomAccessFile(db.toFile(), "rw")) {
                    f.setLength(size / 2);
                }
            }
            default -> {
                byte[] noise = new byte[4096];
                new Random(7).nextBytes(noise);
                try (RandomAccessFile f = new RandomAccessFile(db.toFile(), "rw")) {
                    f.seek(how.equals("header") ? 0 : 4096);
                    f.write(noise);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "truncated", "zeroed", "flipped"})
    @DisplayName(
            "F11: a WAL that lost commits is noticed by the high-water outside: STORE_ROLLED_BACK, what is left is sent anew")
    void wal(String how) throws Exception {
        Path folder = crashed();
        Path wal = folder.resolve("store.db-wal");
        long epoch = EpochFileTest.epochOf(folder);
        long size = Files.size(wal);
        switch (how) {
            case "missing" -> Files.delete(wal);
            case "zeroed" -> Files.write(wal, new byte[(int) size]);
            default -> {
                try (RandomAccessFile f = new RandomAccessFile(wal.toFile(), "rw")) {
                    if (how.equals("truncated")) {
                        f.setLength(size / 2);
                    } else {
                        f.seek(size / 2);
                        int b = f.read();
                        f.seek(size / 2);
                        f.write(b ^ 0x10);
                    }
                }
            }
        }
        try (SqliteStore store = open(folder)) {
            assertThat(store.epoch()).isEqualTo(epoch + 1);
            List<OutboxEntry> salvaged = store.pending(1000, 1 << 20, s -> false);
            assertThat(knownMeters(store))
                    .describedAs("only what is in the outbox again counts as known")
                    .isEqualTo((int) salvaged.stream()
                            .filter(e -> e.kind() == OutboxKind.READINGS)
                            .count())
                    .isLessThan(POLLS);
            if (how.equals("truncated") || how.equals("flipped")) {
                assertThat(salvaged).isNotEmpty();
                assertThat(salvaged.get(0).payload()).isEqualTo("first".getBytes());
            }
        }
        assertThat(heard.codes()).containsExactly("STORE_ROLLED_BACK", "EPOCH");
    }

    @Test
    @DisplayName("F12: a database restored from an old backup is not continued, or sequences would be used twice")
    void oldBackup() throws Exception {
        Path folder = root.resolve("store");
        Path backup = root.resolve("backup");
        try (SqliteStore store = open(folder)) {
            store.commit(Polls.day(1, MIDNIGHT), Lane.LIVE);
        }
        copy(folder, backup);
        long epoch;
        try (SqliteStore store = open(folder)) {
            store.commit(Polls.day(2, MIDNIGHT), Lane.LIVE);
            store.acknowledge(new Acknowledgement(store.epoch(), 2, List.of()));
            epoch = store.epoch();
        }
        Files.copy(backup.resolve("store.db"), folder.resolve("store.db"), StandardCopyOption.REPLACE_EXISTING);
        try (SqliteStore store = open(folder)) {
            assertThat(store.epoch()).isEqualTo(epoch + 1);
            assertThat(sequences(store)).containsExactly(1L);
        }
        assertThat(heard.codes()).containsExactly("STORE_ROLLED_BACK", "EPOCH");
    }

    @Test
    @DisplayName(
            "F12, R4: when the whole folder is an old copy, the collector's high-water gives it away: EPOCH_CONFLICT, nothing is freed")
    void oldCopyOfEverything() throws Exception {
        Path folder = root.resolve("store");
        try (SqliteStore store = open(folder)) {
            store.commit(Polls.day(1, MIDNIGHT), Lane.LIVE);
            long epoch = store.epoch();
            store.acknowledge(new Acknowledgement(epoch, 500, List.of()));
            assertThat(store.epoch()).isEqualTo(epoch + 1);
            assertThat(sequences(store)).containsExactly(1L);
            store.acknowledge(new Acknowledgement(epoch, 500, List.of()));
            assertThat(store.epoch())
                    .describedAs("a late one of the old epoch changes nothing")
                    .isEqualTo(epoch + 1);
            store.acknowledge(new Acknowledgement(epoch + 1, 1, List.of()));
            assertThat(sequences(store)).isEmpty();
        }
        assertThat(heard.codes()).containsExactly("EPOCH_CONFLICT", "EPOCH");
        heard.codes().clear();
        try (SqliteStore store = open(folder)) {
            assertThat(store.lastSequence()).isEqualTo(1);
        }
        assertThat(heard.codes()).isEmpty();
    }

    @Test
    @DisplayName(
            "R7: a missing or damaged epoch file costs an epoch, never data: waiting entries come again under new sequences")
    void epochFile() throws Exception {
        Path folder = root.resolve("store");
        long epoch;
        try (SqliteStore store = open(folder)) {
            epoch = store.epoch();
            for (int i = 1; i <= 5; i++) {
                store.commit(Polls.day(i, MIDNIGHT), Lane.LIVE);
            }
            store.acknowledge(new Acknowledgement(epoch, 1, List.of(new Acknowledgement.Range(3, 3))));
        }
        Files.writeString(folder.resolve("store.epoch"), "garbage");
        try (SqliteStore store = open(folder)) {
            assertThat(store.epoch()).isEqualTo(epoch + 1);
            assertThat(sequences(store)).containsExactly(1L, 2L, 3L);
            assertThat(store.commit(Polls.day(6, MIDNIGHT), Lane.LIVE)).isEqualTo(4);
        }
        assertThat(heard.codes()).contains("EPOCH").doesNotContain("STORE_CORRUPT", "STORE_ROLLED_BACK");
    }

    @Test
    @DisplayName(
            "F10: a flipped byte in an outbox payload, which SQLite does not see, is found; the rest of the outbox is salvaged")
    void flippedPayload() throws Exception {
        Path folder = root.resolve("store");
        byte[] marked = new byte[200];
        new Random(3).nextBytes(marked);
        try (SqliteStore store = open(folder)) {
            store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1, 2, 3});
            store.append(OutboxKind.EVENT, Lane.LIVE, marked);
            store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {4, 5, 6});
        }
        flip(folder.resolve("store.db"), marked);
        try (SqliteStore store = open(folder)) {
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                List<byte[]> left = pendingOrNothing(store);
                assertThat(left).containsExactly(new byte[] {1, 2, 3}, new byte[] {4, 5, 6});
            });
        }
        assertThat(heard.codes()).contains("STORE_CORRUPT", "EPOCH");
    }

    private static List<byte[]> pendingOrNothing(SqliteStore store) {
        try {
            return store.pending(10, 1 << 20, s -> false).stream()
                    .map(OutboxEntry::payload)
                    .toList();
        } catch (StoreException damaged) {
            return List.of();
        }
    }

    private static void flip(Path file, byte[] inside) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at + inside.length <= bytes.length; at++) {
            if (java.util.Arrays.equals(bytes, at, at + inside.length, inside, 0, inside.length)) {
                bytes[at + inside.length / 2] ^= 4;
                Files.write(file, bytes);
                return;
            }
        }
        throw new AssertionError("the payload is not in the file in one piece");
    }

    @Test
    @DisplayName(
            "F10: a packed day with a wrong checksum is dropped and its slots are unknown again, so that they are read again")
    void flippedBlock() throws Exception {
        Path folder = root.resolve("store");
        try (SqliteStore store = open(folder)) {
            store.commit(Polls.day(1, MIDNIGHT), Lane.LIVE);
            store.commit(Polls.day(2, MIDNIGHT), Lane.LIVE);
        }
        byte[] packed;
        try (Packing packing = new Packing()) {
            packed = packing.pack(org.telar.api.model.BlockCodec.encode(
                    Polls.day(1, MIDNIGHT).profiles().get(0)));
        }
        flip(folder.resolve("store.db"), packed);
        try (SqliteStore store = open(folder)) {
            assertThat(store.profile(
                            meter(1),
                            Obis.LOAD_PROFILE,
                            new org.telar.api.model.TimeRange(MIDNIGHT, MIDNIGHT.plus(Duration.ofDays(1)))))
                    .isEmpty();
            store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1}); // after the drop in the writer's queue
            assertThat(store.known(meter(1), Obis.LOAD_PROFILE, MIDNIGHT.plus(QUARTER), QUARTER, 96)
                            .isEmpty())
                    .isTrue();
            assertThat(store.known(meter(2), Obis.LOAD_PROFILE, MIDNIGHT.plus(QUARTER), QUARTER, 96)
                            .cardinality())
                    .isEqualTo(96);
        }
        assertThat(heard.codes()).containsExactly("STORE_CORRUPT");
    }

    @Test
    @DisplayName("R7: untrusted stores are kept, but only the newest, so that a sick disk does not fill itself")
    void keptAside() throws Exception {
        Path folder = root.resolve("store");
        for (int i = 0; i < Aside.KEPT + 3; i++) {
            try (SqliteStore store = open(folder)) {
                store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1});
            }
            Files.writeString(folder.resolve("store.db"), "damaged " + i);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(Files::isDirectory)
                            .map(p -> p.getFileName().toString())
                            .sorted())
                    .containsExactly("untrusted-0003", "untrusted-0004", "untrusted-0005");
        }
    }

    @Test
    @DisplayName(
            "F9: a folder that cannot be written is no reason to end: the store says STORE_IO_ERROR and works once it can")
    void unusableFolder() throws Exception {
        Path folder = root.resolve("store");
        Files.writeString(folder, "a file where the folder should be");
        try (SqliteStore store = open(folder)) {
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1}))
                    .isInstanceOf(StoreException.class);
            Files.delete(folder);
            assertThat(store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1}))
                    .isEqualTo(1);
        }
        assertThat(heard.codes()).containsExactly("STORE_IO_ERROR", "STORE_RECOVERED");
    }
}
