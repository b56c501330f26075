package org.telar.harness.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.harness.Installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** F5: the power cut is only worth something if it takes exactly what was not synced. */
class PowerCutTest {
    /** Run by the child: what it syncs and what it does not. */
    private static final String WRITER = """
            import java.nio.*; import java.nio.channels.*; import java.nio.file.*;
            import static java.nio.file.StandardOpenOption.*;
            class Writer {
                static void write(String file, String text, boolean sync) throws Exception {
                    try (FileChannel c = FileChannel.open(Path.of(file), CREATE, WRITE)) {
                        c.write(ByteBuffer.wrap(text.getBytes()));
                        if (sync) c.force(false);
                    }
                }
                public static void main(String[] a) throws Exception {
                    write("old", "CHANGED", true);
                    write("old", "LOST", false);
                    write("synced", "here", true);
                    write("unsynced", "gone", false);
                    write("renamed.tmp", "new content", true);
                    Files.move(Path.of("renamed.tmp"), Path.of("renamed"), StandardCopyOption.REPLACE_EXISTING);
                    if (a.length > 0) try (FileChannel d = FileChannel.open(Path.of("."), READ)) { d.force(true); }
                }
            }
            """;

    @TempDir
    Path folder;

    private PowerCut written(boolean ignore, String... arguments) throws Exception {
        assumeTrue(
                PowerCut.missing().isEmpty(),
                () -> "SKIPPED(" + PowerCut.missing().get() + ")");
        Path root = Files.createDirectories(folder.resolve("a root"));
        Files.writeString(root.resolve("old"), "content");
        Files.writeString(root.resolve("renamed"), "old content");
        Path program = Files.writeString(folder.resolve("Writer.java"), WRITER);
        PowerCut disk = new PowerCut(PowerCut.compile(), root, folder.resolve("a shadow"));
        disk.arm();
        ProcessBuilder child = new ProcessBuilder(Installation.java().toString(), program.toString());
        child.command().addAll(List.of(arguments));
        child.directory(root.toFile()).inheritIO().environment().putAll(disk.environment(ignore));
        assertThat(child.start().waitFor()).isZero();
        disk.cut(new Random(1), 0);
        return disk;
    }

    private String file(String name) throws Exception {
        return Files.readString(folder.resolve("a root").resolve(name));
    }

    @Test
    @DisplayName("F5: what was synced stays, what was not is gone, an unsynced rename did not happen")
    void takesWhatWasNotSynced() throws Exception {
        written(false);
        assertThat(file("old")).isEqualTo("CHANGED");
        assertThat(file("synced")).isEqualTo("here");
        assertThat(folder.resolve("a root/unsynced")).doesNotExist();
        assertThat(file("renamed")).isEqualTo("old content");
    }

    @Test
    @DisplayName("F5: a rename whose directory was synced stays; a name without synced content is an empty file")
    void directory() throws Exception {
        written(false, "sync the directory");
        assertThat(file("renamed")).isEqualTo("new content");
        assertThat(folder.resolve("a root/renamed.tmp")).doesNotExist();
        assertThat(file("unsynced")).isEmpty();
    }

    @Test
    @DisplayName("F5: without R1 nothing stays but what was there before")
    void withoutSync() throws Exception {
        written(true, "sync the directory");
        assertThat(file("old")).isEqualTo("content");
        assertThat(folder.resolve("a root/synced")).doesNotExist();
        assertThat(file("renamed")).isEqualTo("old content");
    }
}
