package org.telar.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Everything an agent is given, in a folder: profile, configuration, table, keys, TLS material. No broker, no meters. */
final class TestAgent {
    static final String KEY = "000102030405060708090a0b0c0d0e0f";

    private final Path folder;
    private int starts;

    TestAgent(Path folder) throws IOException, InterruptedException {
        this(folder, "simulated");
    }

    /** @param profile a folder of {@code hardware-profiles} */
    TestAgent(Path folder, String profile) throws IOException, InterruptedException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("profile"));
        Files.copy(
                Path.of("..", "hardware-profiles", profile, "profile.json"),
                folder.resolve("profile").resolve("profile.json"));
        write("agent.json", agentJson());
        write("meters.csv", """
                meter,driver,model,identity,medium,address,client_sap,authentication,zone,state,parameters
                M1,dlms,SIM,SIM0001,plc,wrapper:17,1,HLS5,America/Santiago,COMMISSIONED,
                """);
        write("keys.csv", "meter,password,encryption_key,authentication_key\nM1,," + KEY + "," + KEY + "\n");
        Files.setPosixFilePermissions(folder.resolve("keys.csv"), PosixFilePermissions.fromString("rw-------"));
        write("password", "changeit\n");
        for (String store : List.of("gateway.p12", "trust.p12")) {
            Files.copy(stores().resolve(store), folder.resolve(store));
        }
        for (String secret : List.of("password", "gateway.p12", "trust.p12")) {
            Files.setPosixFilePermissions(folder.resolve(secret), PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** The agent as the build put it together. */
    static Path home() {
        return Path.of("target", "agent").toAbsolutePath();
    }

    static String agentJson() {
        // Port 9 (discard) of the loopback: nobody listens, nobody may.
        return """
                {
                  "gateway": "gw-0001",
                  "serial": "0001",
                  "meterTable": "meters.csv",
                  "keys": "keys.csv",
                  "mqtt": {
                    "url": "ssl://127.0.0.1:9",
                    "keyStore": "gateway.p12",
                    "trustStore": "trust.p12",
                    "passwordFile": "password"
                  },
                  "backfillDays": 3,
                  "media": { "plc": { "uri": "tcp://127.0.0.1:9", "protocol": "wrapper" } }
                }
                """;
    }

    Path data() {
        return folder.resolve("data");
    }

    void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Configuration configuration() throws ConfigException, IOException {
        Files.createDirectories(data());
        return new ConfigFiles(folder.resolve("profile"), folder.resolve("agent.json"), data()).load();
    }

    /** The launcher as a process of its own, with small memory and the classes under test. */
    Process start(String... more) throws IOException {
        return startWith(List.of("-Xmx48m", "-XX:+UseSerialGC"), more);
    }

    /** @param flags of the JVM */
    Process startWith(List<String> flags, String... more) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(flags);
        command.addAll(List.of(
                "-Dtelar.agent.home=" + home(),
                "-cp",
                Path.of("target", "classes").toAbsolutePath() + ":" + home().resolve("lib") + "/*",
                "org.telar.agent.Main"));
        command.addAll(List.of(
                "--profile", folder.resolve("profile").toString(),
                "--config", folder.resolve("agent.json").toString(),
                "--data", data().toString()));
        command.addAll(List.of(more));
        starts++;
        return new ProcessBuilder(command)
                .redirectOutput(file("out" + starts).toFile())
                .redirectError(file("err" + starts).toFile())
                .start();
    }

    /** What the latest start wrote; each start has files of its own, so that two do not write over each other. */
    String out() throws IOException {
        return Files.exists(file("out" + starts)) ? Files.readString(file("out" + starts)) : "";
    }

    String err() throws IOException {
        return Files.exists(file("err" + starts)) ? Files.readString(file("err" + starts)) : "";
    }

    /** The key stores of all test agents, made once. */
    private static synchronized Path stores() throws IOException, InterruptedException {
        Path made = Path.of("target", "test-key-stores").toAbsolutePath();
        if (!Files.exists(made.resolve("trust.p12"))) {
            Path partial = Files.createTempDirectory(Path.of("target"), "key-stores");
            keytool(
                    partial,
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=gw-0001",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-keystore",
                    "gateway.p12");
            keytool(partial, "-exportcert", "-keystore", "gateway.p12", "-file", "gateway.crt");
            keytool(partial, "-importcert", "-noprompt", "-keystore", "trust.p12", "-file", "gateway.crt");
            Files.move(partial, made);
        }
        return made;
    }

    private static void keytool(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "gateway", "-storetype", "PKCS12", "-storepass", "changeit"));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("keytool failed: " + command);
        }
    }
}
