package org.telar.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.harness.Installation;

import static org.assertj.core.api.Assertions.assertThat;

/** The launcher script as a newcomer meets it: what it says without a JDK, without Maven, and to a wrong command. */
class LauncherTest {
    private record Said(int exit, String out, String err) {}

    @TempDir
    Path folder;

    private Said telar(Map<String, String> environment, String... args) throws Exception {
        // A link in a folder with a space: the script must find its repository all the same.
        Path link = Files.createDirectories(folder.resolve("my tools")).resolve("telar");
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, Installation.find().home().resolve("telar"));
        }
        List<String> command = new ArrayList<>(List.of("/bin/bash", link.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().remove("LC_ALL");
        builder.environment().remove("LC_MESSAGES");
        builder.environment().putAll(environment);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process p =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(p.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Said(p.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** A PATH with the tools of every Linux, and nothing of Java. */
    private String bareTools(String... more) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        List<String> tools = new ArrayList<>(List.of(
                "bash",
                "readlink",
                "dirname",
                "sed",
                "head",
                "cat",
                "mkdir",
                "flock",
                "sort",
                "find",
                "sha256sum",
                "xargs",
                "cut",
                "rm",
                "env"));
        tools.addAll(List.of(more));
        for (String tool : tools) {
            for (String place : new String[] {"/usr/bin", "/bin"}) {
                Path real = Path.of(place, tool);
                Path link = bin.resolve(tool);
                if (Files.exists(real) && !Files.exists(link)) {
                    Files.createSymbolicLink(link, real);
                }
            }
        }
        return bin.toString();
    }

    @Test
    @DisplayName("--help lists every command with examples on stdout; --version; nothing at all is a usage error")
    void help() throws Exception {
        Said help = telar(Map.of(), "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).contains("demo", "test", "build", "bench", "--port-offset", "examples", "exit codes");
        assertThat(telar(Map.of(), "demo", "--once", "--help").out()).isEqualTo(help.out());
        assertThat(telar(Map.of("LANG", "es_CL.UTF-8"), "--help").out()).contains("ejemplos");
        assertThat(telar(Map.of(), "--version").out()).startsWith("telar ");
        Said nothing = telar(Map.of());
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(nothing.out()).isEmpty();
    }

    @Test
    @DisplayName("an unknown command is a sentence, exit code 2, in the reader's language")
    void unknown() throws Exception {
        Said said = telar(Map.of(), "dmeo");
        assertThat(said.exit()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(said.err()).contains("no command 'dmeo'").contains("demo, test, build, bench");
        assertThat(telar(Map.of("LANG", "es_CL.UTF-8"), "dmeo").err()).contains("no existe el comando");
    }

    @Test
    @DisplayName("R12: profile list names the gateway types; what is not an action of profile is a usage error")
    void profiles() throws Exception {
        Said list = telar(Map.of(), "profile", "list");
        assertThat(list.exit()).isZero();
        assertThat(list.out()).contains("prime-concentrator       A concentrator in", "armv7-gateway", "simulated");
        assertThat(telar(Map.of(), "profile", "chekc").exit()).isEqualTo(2);
        assertThat(telar(Map.of(), "image", "--help").out()).contains("--profile NAME|DIR", "sbom");
    }

    @Test
    @DisplayName("a missing or old JDK is a sentence that says what to install, exit code 6")
    void noJdk() throws Exception {
        for (String command : new String[] {"demo", "test", "build", "bench"}) {
            Said said = telar(Map.of("PATH", bareTools()), command);
            assertThat(said.exit()).as(said.err()).isEqualTo(6);
            assertThat(said.out()).isEmpty();
            assertThat(said.err()).contains("JDK of 17").contains("apt-get install openjdk-17-jdk-headless");
        }
        Path old = folder.resolve("old jdk/bin/javac");
        Files.createDirectories(old.getParent());
        Files.writeString(old, "#!/bin/bash\necho javac 11.0.21\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        Said said = telar(Map.of("JAVA_HOME", folder.resolve("old jdk").toString()), "build");
        assertThat(said.exit()).isEqualTo(6);
        assertThat(said.err()).contains("version 11");
    }

    @Test
    @DisplayName("a missing or old Maven is a sentence that says what to install, exit code 6")
    void noMaven() throws Exception {
        String jdk = System.getProperty("java.home");
        Map<String, String> environment = Map.of("PATH", bareTools(), "JAVA_HOME", jdk);
        Said said = telar(environment, "test");
        assertThat(said.exit()).as(said.err()).isEqualTo(6);
        assertThat(said.err()).contains("Maven 3.8").contains("apt-get install maven");

        Path old = folder.resolve("bin/mvn");
        Files.writeString(old, "#!/bin/bash\necho 'Apache Maven 3.6.3 (x)'\n", StandardCharsets.US_ASCII);
        assertThat(old.toFile().setExecutable(true)).isTrue();
        assertThat(telar(environment, "test").err()).contains("3.6.3");
    }
}
