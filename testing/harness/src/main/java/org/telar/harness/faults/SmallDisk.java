package org.telar.harness.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

import org.telar.harness.HarnessException;

/** A small file system of its own under the agent's store, which can be filled and made read-only. Needs mount. */
final class SmallDisk implements AutoCloseable {
    private static final int PIECE = 64 * 1024;

    private final Path folder;
    private final Path ballast;

    private SmallDisk(Path folder) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
    }

    /** Mounts it over the folder, with the folder's content. The agent must be stopped. */
    static SmallDisk under(Path folder, int mebibytes) throws HarnessException, IOException, InterruptedException {
        Path aside = folder.resolveSibling(folder.getFileName() + ".aside");
        PowerCut.delete(aside);
        Files.move(folder, aside);
        Files.createDirectories(folder);
        Tools.run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m,mode=0700", "tmpfs", folder.toString());
        copy(aside, folder);
        PowerCut.delete(aside);
        return new SmallDisk(folder);
    }

    /** Fills it until the store's own measure says so much: used / (used + free). */
    void fill(double share) throws IOException {
        long used = Files.size(folder.resolve("store.db"));
        long free = share >= 1 ? 0 : Math.max(0, (long) (used / share) - used);
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            file.seek(file.length());
            byte[] piece = new byte[PIECE];
            for (long left = folder.toFile().getUsableSpace() - free; left > 0; left -= PIECE) {
                file.write(piece, 0, (int) Math.min(PIECE, left));
            }
        } catch (IOException full) {
            if (share < 1) {
                throw full;
            }
        }
    }

    void empty() throws IOException {
        Files.deleteIfExists(ballast);
    }

    void readOnly(boolean on) throws HarnessException, InterruptedException {
        Tools.run("mount", "-o", "remount," + (on ? "ro" : "rw"), folder.toString());
    }

    /** Puts its content back into an ordinary folder. The agent must be stopped. */
    @Override
    public void close() throws IOException, HarnessException, InterruptedException {
        empty();
        Path aside = folder.resolveSibling(folder.getFileName() + ".aside");
        PowerCut.delete(aside);
        Files.createDirectories(aside);
        copy(folder, aside);
        Tools.run("umount", folder.toString());
        Files.delete(folder);
        Files.move(aside, folder);
    }

    /** Unmounts what a run that was killed left behind. */
    static void release(Path folder) throws InterruptedException {
        try {
            boolean mounted = Files.readString(Path.of("/proc/mounts"))
                    .contains(" " + folder.toString().replace(" ", "\\040") + " ");
            if (mounted) {
                Tools.run(20, List.of("umount", "-l", folder.toString()));
            }
        } catch (IOException | HarnessException notOurs) {
            System.getLogger(SmallDisk.class.getName()).log(System.Logger.Level.DEBUG, "umount", notOurs);
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path f : files.toList()) {
                Path target = to.resolve(from.relativize(f).toString());
                if (Files.isDirectory(f)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(f, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
