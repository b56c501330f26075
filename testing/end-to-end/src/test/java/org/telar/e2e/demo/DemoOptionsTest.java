package org.telar.e2e.demo;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.harness.FolderLock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The command line of the demo: defaults, sentences for what is wrong, and whose files it leaves alone. */
class DemoOptionsTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int demo(String... args) {
        PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Demo(print, print).run(args);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("without options: 300 meters, 3 days, and all data inside the repository's ignored folder")
    void defaults() throws Exception {
        DemoOptions o = DemoOptions.parse(folder);
        assertThat(o.meters()).isEqualTo(300);
        assertThat(o.days()).isEqualTo(3);
        assertThat(o.data()).isEqualTo(folder.resolve(".telar/demo"));
        assertThat(o.once()).isFalse();
        assertThat(DemoOptions.parse(folder, "--port-offset", "100").ports().base())
                .isEqualTo(o.ports().base() + 100);
    }

    @Test
    @DisplayName("a wrong option is a sentence that says what was expected, exit code 2")
    void wrong() {
        assertThatThrownBy(() -> DemoOptions.parse(folder, "--meters", "2")).hasMessageContaining("from 3 to 900");
        assertThatThrownBy(() -> DemoOptions.parse(folder, "--days")).hasMessageContaining("expects a value");
        assertThat(demo("--metres", "3")).isEqualTo(2);
        assertThat(said()).contains("--metres").contains("--help");
    }

    @Test
    @DisplayName("a folder with somebody else's files is refused and left as it is, exit code 6")
    void foreignFolder() throws Exception {
        Path letter = Files.writeString(folder.resolve("letter.txt"), "mine");
        assertThat(demo("--once", "--data", folder.toString())).isEqualTo(6);
        assertThat(said()).contains(folder.toString()).contains("--data");
        assertThat(letter).hasContent("mine");
    }

    @Test
    @DisplayName("a second start in the same folder is a conflict, exit code 7")
    void secondStart() throws Exception {
        try (FolderLock first = FolderLock.take(folder)) {
            assertThat(first).isNotNull();
            assertThat(demo("--once", "--data", folder.toString())).isEqualTo(7);
        }
        assertThat(said()).contains("Another run uses");
    }
}
