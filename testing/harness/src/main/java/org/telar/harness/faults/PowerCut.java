package org.telar.harness.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.telar.harness.HarnessException;

/**
 * A power cut without privileges: a small library, compiled here and preloaded into the process, keeps a copy of what was
 * synced; after the process was killed, what was not synced is taken away from its files. Of what was written and not
 * synced, some pages may have reached the disk all the same: which, a seed decides.
 */
final class PowerCut {
    private static final int PAGE = 4096;
    private static final long COMPILE_SECONDS = 60;

    private final Path preload;
    private final Path root;
    private final Path shadow;

    /** @param root folder on the disk that loses power; must exist */
    PowerCut(Path preload, Path root, Path shadow) {
        this.preload = preload;
        this.root = root;
        this.shadow = shadow;
    }

    /**
     * Compiles the library into a folder of its own: the loader's list of libraries knows no way to write a space.
     *
     * @throws HarnessException when this machine has no C compiler
     */
    static Path compile() throws HarnessException, IOException, InterruptedException {
        Path folder = Files.createTempDirectory("telar-powercut");
        Path source = folder.resolve("powercut.c");
        Path made = folder.resolve("powercut.so");
        folder.toFile().deleteOnExit();
        source.toFile().deleteOnExit();
        made.toFile().deleteOnExit();
        try (InputStream in = PowerCut.class.getResourceAsStream("powercut.c")) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Tools.run(
                COMPILE_SECONDS,
                List.of("gcc", "-shared", "-fPIC", "-O2", "-w", "-o", made.toString(), source.toString()));
        return made;
    }

    /** From now on the disk keeps only what is synced; everything that is there now is. */
    void arm() throws HarnessException, IOException, InterruptedException {
        delete(shadow);
        Files.createDirectories(shadow.resolve("content"));
        Map<String, String> environment = new java.util.HashMap<>(environment(false));
        environment.put("POWERCUT_BASELINE", "1");
        Tools.run(COMPILE_SECONDS, List.of("true"), environment);
        if (!Files.isDirectory(shadow.resolve("tree"))) {
            throw new HarnessException(
                    HarnessException.PRECONDITION, "the library " + preload + " is not preloaded here");
        }
    }

    /** @param ignoreSync the process's syncs do nothing: rule R1 switched off */
    Map<String, String> environment(boolean ignoreSync) {
        Map<String, String> environment = new java.util.HashMap<>();
        environment.put("LD_PRELOAD", preload.toString());
        environment.put("POWERCUT_ROOT", root.toString());
        environment.put("POWERCUT_SHADOW", shadow.toString());
        if (ignoreSync) {
            environment.put("POWERCUT_IGNORE", "1");
        }
        return environment;
    }

    /**
     * Takes away what was not synced; the process must be dead.
     *
     * @param lucky chance that a written, unsynced page is on the disk all the same
     * @return how many files changed
     */
    int cut(Random random, double lucky) throws IOException {
        Path tree = shadow.resolve("tree");
        int[] changed = new int[1];
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                boolean known =
                        Files.isRegularFile(tree.resolve(root.relativize(file).toString()));
                if (a.isRegularFile() && !known && random.nextDouble() >= lucky) {
                    Files.delete(file);
                    changed[0]++;
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) throws IOException {
                Files.createDirectories(root.resolve(tree.relativize(dir).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path entry, BasicFileAttributes a) throws IOException {
                changed[0] += restore(root.resolve(tree.relativize(entry).toString()), entry, random, lucky) ? 1 : 0;
                return FileVisitResult.CONTINUE;
            }
        });
        return changed[0];
    }

    private boolean restore(Path file, Path entry, Random random, double lucky) throws IOException {
        String[] words = Files.readString(entry).strip().split(" ");
        byte[] durable = new byte[0];
        try {
            durable = Files.readAllBytes(shadow.resolve("content").resolve(words[0]));
        } catch (NoSuchFileException neverSynced) {
            // Its name is durable, its content is not: an empty file.
        }
        byte[] live = new byte[0];
        boolean same = false;
        if (Files.exists(file)) {
            live = Files.readAllBytes(file);
            same = Files.getAttribute(file, "unix:ino").toString().equals(words[1]);
        }
        byte[] now = same ? mixed(durable, live, random, lucky) : durable;
        if (Files.exists(file) && Arrays.equals(now, live)) {
            return false;
        }
        Files.write(file, now);
        return true;
    }

    private static byte[] mixed(byte[] durable, byte[] live, Random random, double lucky) {
        int length = durable.length != live.length && random.nextDouble() < lucky ? live.length : durable.length;
        byte[] now = Arrays.copyOf(durable, length);
        for (int at = 0; at < length; at += PAGE) {
            int end = Math.min(at + PAGE, Math.min(length, live.length));
            boolean differs = end > at && (end > durable.length || !Arrays.equals(durable, at, end, live, at, end));
            if (differs && random.nextDouble() < lucky) {
                System.arraycopy(live, at, now, at, end - at);
            }
        }
        return now;
    }

    /** Why there can be none on this machine, or empty. */
    static Optional<String> missing() {
        return Tools.missing("gcc");
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> {
                try {
                    Files.deleteIfExists(f);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
