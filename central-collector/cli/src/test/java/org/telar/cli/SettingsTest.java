package org.telar.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Where the collector is: option, environment, file, data folder; and what a command line answers to mistakes. */
class SettingsTest {
    private static final Texts TEXTS = Texts.of(Map.of());

    @TempDir
    Path folder;

    private final Map<String, String> env = new HashMap<>();
    private final Connection options = new Connection();

    @BeforeEach
    void home() {
        env.put("HOME", folder.toString());
    }

    @Test
    @DisplayName("an option wins over the environment, that over ~/.config/telar/cli.properties, that over the demo")
    void order() throws Exception {
        Path demo = demo(1);
        assertThat(resolve(demo).url()).hasToString("https://localhost:1");
        assertThat(resolve(demo).token()).isEqualTo("token-1");
        assertThat(resolve(demo).ca()).contains(demo.resolve("pki/ca.crt"));

        Path file = Settings.configuration(env);
        assertThat(file).isEqualTo(folder.resolve(".config/telar/cli.properties"));
        Files.createDirectories(file.getParent());
        Files.writeString(file, "url=https://file:2\ntoken-file=" + secret("f", "of-file") + "\n");
        assertThat(resolve(demo).url()).hasToString("https://file:2");
        assertThat(resolve(demo).token()).isEqualTo("of-file");
        assertThat(resolve(demo).ca())
                .as("the demo's authority is not for other collectors")
                .isEmpty();

        env.put("TELAR_URL", "https://env:3/");
        env.put("TELAR_TOKEN", "of-env");
        assertThat(resolve(demo))
                .isEqualTo(new Settings(java.net.URI.create("https://env:3"), Optional.empty(), "of-env"));

        options.url = Optional.of("https://option:4");
        options.tokenFile = Optional.of(secret("o", "of-option"));
        assertThat(resolve(demo).url()).hasToString("https://option:4");
        assertThat(resolve(demo).token()).isEqualTo("of-option");

        options.url = Optional.empty();
        options.tokenFile = Optional.empty();
        options.data = Optional.of(demo(5));
        assertThat(resolve(demo).url()).as("--data means that one").hasToString("https://localhost:5");
        assertThat(resolve(demo).token()).isEqualTo("token-5");
    }

    @Test
    @DisplayName("S49: a token that others can read is refused; the text of settings holds none (S40)")
    void openSecret() throws Exception {
        Path open = folder.resolve("open");
        Files.writeString(open, "t");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        options.url = Optional.of("https://x:1");
        options.tokenFile = Optional.of(open);
        assertThatThrownBy(() -> resolve(folder))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exitCode()).isEqualTo(Exit.PRECONDITION))
                .hasMessageContaining("chmod 600");
        options.tokenFile = Optional.of(secret("s", "canary"));
        assertThat(resolve(folder).toString()).doesNotContain("canary");
    }

    @Test
    @DisplayName(
            "exit codes: usage 2, nothing to talk to 6, nobody there 4; faults on stderr, stdout empty; clear text over http is refused")
    void exitCodes() throws Exception {
        assertThat(run("legacy", "lag")).startsWith("6 | telar: No collector is named");
        assertThat(run("legacy")).startsWith("2 | a command is missing");
        assertThat(run("legacy", "dance")).startsWith("2 |");
        assertThat(run("legacy", "lag", "--json", "--csv")).startsWith("2 |");
        assertThat(run("legacy", "lag", "--timeout", "soon")).startsWith("2 |");
        String token = secret("t", "x").toString();
        assertThat(run("legacy", "lag", "--url", "http://localhost:1", "--token-file", token))
                .startsWith("2 |")
                .contains("https://host:port");
        assertThat(run("legacy", "lag", "--url", "https://localhost:1", "--token-file", token))
                .startsWith("4 | telar: The collector at https://localhost:1 cannot be reached");
        env.put("LANG", "es_CL.UTF-8");
        assertThat(run("legacy", "lag", "--url", "https://localhost:1", "--token-file", token))
                .startsWith("4 | telar: No hay contacto");
        assertThat(Api.exitCode(401)).isEqualTo(5);
        assertThat(Api.exitCode(404)).isEqualTo(6);
        assertThat(Api.exitCode(409)).isEqualTo(7);
        assertThat(Api.exitCode(503)).isEqualTo(4);
        assertThat(Api.exitCode(500)).isEqualTo(1);
    }

    private String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Telar.run(
                new Console(
                        new PrintStream(out),
                        new PrintStream(err),
                        new ByteArrayInputStream(new byte[0]),
                        env,
                        Optional.empty(),
                        false),
                args);
        assertThat(out.toString()).isEmpty();
        return code + " | " + err;
    }

    private Settings resolve(Path demo) {
        return Settings.resolve(options, env, Optional.of(demo), TEXTS);
    }

    private Path secret(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n");
        return file;
    }

    private Path demo(int n) throws Exception {
        Path demo = folder.resolve("demo" + n);
        Files.createDirectories(demo.resolve("pki"));
        Files.createDirectories(demo.resolve("collector"));
        Files.writeString(demo.resolve("pki/ca.crt"), "x");
        Files.writeString(demo.resolve("collector/api-url"), "https://localhost:" + n + "\n");
        Files.move(secret("t" + n, "token-" + n), demo.resolve("collector/api-token"));
        return demo;
    }
}
