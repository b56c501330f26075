package org.telar.store.sqlite.internal;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.Obis;
import org.telar.api.platform.EventSink;
import org.telar.api.store.Lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.telar.store.sqlite.internal.Polls.MIDNIGHT;
import static org.telar.store.sqlite.internal.Polls.QUARTER;
import static org.telar.store.sqlite.internal.Polls.meter;
import static org.telar.store.sqlite.internal.SqliteStoreTest.sequences;

/** A process that commits in a loop is killed: what it was told to be stored is stored. */
@Timeout(60)
class KillTest {
    private static final long SEED = 20261120;
    private static final int ROUNDS = 3;

    @TempDir
    Path folder;

    /** The child: commits for ever from two threads, prints each sequence after its commit returned. */
    public static void main(String[] args) throws Exception {
        SqliteStore store = new SqliteStore(StoreSettings.in(Path.of(args[0])), Clock.systemUTC(), EventSink.NONE);
        for (int t = 0; t < 2; t++) {
            new Thread(() -> commitForEver(store)).start();
        }
    }

    private static void commitForEver(SqliteStore store) {
        try {
            while (true) {
                long next = store.lastSequence() + 1;
                long sequence = store.commit(Polls.day((int) next, MIDNIGHT), Lane.LIVE);
                System.out.println(sequence + " " + next);
            }
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    @Test
    @DisplayName(
            "F1, R1: after kill -9 at a random moment every acknowledged commit is there, in the same epoch, without a leak of natives")
    void kill() throws Exception {
        Random random = new Random(SEED);
        long epoch = 0;
        long last = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            List<long[]> told = runAndKill(20 + random.nextInt(200));
            Heard heard = new Heard();
            try (SqliteStore store = new SqliteStore(StoreSettings.in(folder), Clock.systemUTC(), heard)) {
                assertThat(sequences(store))
                        .describedAs("seed %d round %d", SEED, round)
                        .containsAll(LongStream.rangeClosed(1, last).boxed().toList())
                        .containsAll(told.stream().map(t -> t[0]).toList());
                for (long[] t : told) {
                    assertThat(store.known(meter((int) t[1]), Obis.LOAD_PROFILE, MIDNIGHT.plus(QUARTER), QUARTER, 96)
                                    .cardinality())
                            .isEqualTo(96);
                }
                last = store.lastSequence();
                assertThat(epoch == 0 || epoch == store.epoch()).isTrue();
                epoch = store.epoch();
            }
            assertThat(heard.codes()).containsExactly("UNCLEAN_START", "STORE_RECOVERED");
        }
        try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
            assertThat(files)
                    .describedAs("nothing was extracted to the temporary folder")
                    .isEmpty();
        }
    }

    /** Returns sequence and meter of the commits that the child was told of. */
    private List<long[]> runAndKill(int commits) throws Exception {
        Path tmp = Files.createDirectories(folder.resolve("tmp"));
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Djava.io.tmpdir=" + tmp,
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillTest.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(child.getInputStream()))) {
            Stream.Builder<long[]> told = Stream.builder();
            for (int i = 0; i < commits; i++) {
                String line = out.readLine();
                assertThat(line).describedAs("the child ended by itself").isNotNull();
                String[] parts = line.split(" ");
                told.add(new long[] {Long.parseLong(parts[0]), Long.parseLong(parts[1])});
            }
            child.destroyForcibly();
            assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return told.build().toList();
        } finally {
            child.destroyForcibly();
        }
    }
}
