package org.telar.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The life of the package in a folder root, with the real dpkg, the real runtime and the real agent: one image is made, and
 * the tests go through its life in order.
 */
@TestMethodOrder(OrderAnnotation.class)
class InstallTest {
    private static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    static Path work;

    private static Path root;
    private static Path home;
    private static Path deb;
    private static Process agent;

    @BeforeAll
    static void build() throws Exception {
        for (String tool : List.of("dpkg", "dpkg-deb", "systemd-analyze", "systemd-notify", "python3", "sed")) {
            boolean there = run(List.of("sh", "-c", "command -v " + tool)).code() == 0;
            if (!there) {
                System.out.println("SKIPPED(no " + tool + " on this machine)");
            }
            Assumptions.assumeTrue(there, "SKIPPED(no " + tool + ")");
        }
        root = work.resolve("root");
        home = root.resolve("usr/lib/telar");
        for (String folder : List.of("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log", "etc", "tmp")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.writeString(root.resolve("var/lib/dpkg/status"), "");
        deb = image().make(request("0.1.0", work.resolve("out"))).deb();
    }

    @AfterAll
    static void nothingIsLeft() {
        if (agent != null) {
            agent.destroyForcibly();
        }
    }

    private static ImageCommand image() {
        return new ImageCommand(REPOSITORY, Locale.ENGLISH, System.out, System.err);
    }

    private static ImageRequest request(String version, Path out) {
        return new ImageRequest(
                REPOSITORY.resolve("edge-agent/target/agent"),
                REPOSITORY.resolve("hardware-profiles/x86-64-linux"),
                out,
                Optional.empty(),
                version);
    }

    @Test
    @Order(1)
    @DisplayName(
            "S35 S49: installs with its class archive; folders are closed, all files root's, hashes true to sha256sum")
    void installs() throws Exception {
        Said said = dpkg("-i", deb.toString());
        assertThat(said.code()).as(said.text()).isZero();
        assertThat(said.text()).contains("Now write /etc/telar/agent.json");
        assertThat(home.resolve("agent.jsa")).isNotEmptyFile();
        assertThat(mode(root.resolve("var/lib/telar"))).isEqualTo("rwx------");
        assertThat(mode(root.resolve("etc/telar"))).isEqualTo("rwxr-x---");
        assertThat(mode(home.resolve("bin/telar-agent"))).isEqualTo("rwxr-xr-x");
        assertThat(mode(home.resolve("runtime/lib/jspawnhelper"))).isEqualTo("rwxr-xr-x");
        assertThat(mode(home.resolve("telar-agent.jar"))).isEqualTo("rw-r--r--");
        assertThat(run(List.of("sh", "-c", "cd " + home + " && sha256sum -c --quiet hashes.sha256"))
                        .text())
                .isEmpty();
        assertThat(dpkg("--verify", "telar-agent").text()).isEmpty();
    }

    @Test
    @Order(2)
    @DisplayName("S48: systemd judges the unit of every profile at 2.0 or better")
    void unitIsHardened() throws Exception {
        for (String profile : List.of("x86-64-linux", "prime-concentrator", "armv7-gateway")) {
            Path unit = work.resolve("telar-" + profile + ".service");
            Files.writeString(
                    unit,
                    SystemdUnit.of(
                            Image.json(REPOSITORY.resolve("hardware-profiles").resolve(profile))));
            Said said = run(List.of(
                    "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit.toString()));
            assertThat(said.code()).as(said.text()).isZero();
            assertThat(said.text()).contains("Overall exposure level for telar-" + profile);
        }
        assertThat(Files.readString(root.resolve("usr/lib/systemd/system/telar-agent.service")))
                .contains(
                        "Type=notify",
                        "WatchdogSec=120",
                        "DeviceAllow=/dev/ttyUSB0 rw",
                        "MemoryMax=192M",
                        "User=telar");
    }

    @Test
    @Order(3)
    @DisplayName(
            "F38: the installed agent starts from its archive, tells systemd READY, feeds the watchdog, says STOPPING")
    void runsUnderNotify() throws Exception {
        configure();
        Path socket = work.resolve("notify");
        Path heard = work.resolve("heard");
        Process listener = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM);s.bind(sys.argv[1])\n"
                                + "o=open(sys.argv[2],'w')\nwhile True:\n o.write(s.recv(4096).decode()+'\\n');o.flush()",
                        socket.toString(),
                        heard.toString())
                .start();
        try {
            await().atMost(SOON).until(() -> Files.exists(socket));
            agent = start(work.resolve("data1"), socket);
            await().atMost(SOON).until(() -> text(heard).contains("READY=1") || !agent.isAlive());
            assertThat(text(heard)).as(text(work.resolve("agent.log"))).contains("READY=1", "STATUS=gateway gw-0001");
            // Twice: the first says that the agent came up, the second that its housekeeping goes on.
            await().atMost(SOON)
                    .until(() ->
                            text(heard).lines().filter("WATCHDOG=1"::equals).count() >= 2);
            agent.destroy();
            assertThat(agent.waitFor(15, TimeUnit.SECONDS)).isTrue();
            await().atMost(SOON).until(() -> text(heard).contains("STOPPING=1"));
            assertThat(text(work.resolve("agent.log")))
                    .contains("source: shared objects file", "ConcentratorComponent");
        } finally {
            listener.destroyForcibly();
        }
    }

    @Test
    @Order(4)
    @DisplayName(
            "Bad input: a truncated, a damaged and a wrong-profile package are refused; the running agent is untouched")
    void badPackages() throws Exception {
        agent = start(root.resolve("var/lib/telar"), null);
        await().atMost(SOON).until(() -> text(work.resolve("agent.log")).contains("READY {") || !agent.isAlive());
        byte[] good = Files.readAllBytes(deb);
        Path broken = work.resolve("broken.deb");
        Files.write(broken, java.util.Arrays.copyOf(good, good.length / 2));
        assertThat(dpkg("-i", broken.toString()).code()).isNotZero();
        Files.write(broken, good);
        try (RandomAccessFile file = new RandomAccessFile(broken.toFile(), "rw")) {
            file.seek(good.length / 2);
            file.write(new byte[1 << 16]);
        }
        assertThat(dpkg("-i", broken.toString()).code()).isNotZero();
        Path other = repack("other", "x86-64-linux", "some-other-gateway", "0.1.0");
        Said wrong = dpkg("-i", other.toString());
        assertThat(wrong.code()).isNotZero();
        assertThat(wrong.text()).contains("for the hardware profile x86-64-linux, this package for some-other-gateway");
        assertThat(agent.isAlive()).isTrue();
        assertThat(run(List.of("sh", "-c", "cd " + home + " && sha256sum -c --quiet hashes.sha256"))
                        .text())
                .isEmpty();
        assertThat(status()).contains("install ok installed").contains("0.1.0");
    }

    @Test
    @Order(5)
    @DisplayName(
            "S34: an upgrade keeps configuration and data; going back is refused with the reason, in both languages")
    void upgradesAndNeverDowngrades() throws Exception {
        Path status = root.resolve("var/lib/telar/status.json");
        await().atMost(SOON).until(() -> Files.exists(status));
        Files.writeString(root.resolve("etc/default/telar-agent"), "TELAR_JAVA_OPTIONS=-Dtelar.log.level=FINE\n");
        Path newer = repack("newer", "Version: 0.1.0", "Version: 0.2.0", "0.1.0");
        Said said = dpkg("--force-confold", "-i", newer.toString());
        assertThat(said.code()).as(said.text()).isZero();
        assertThat(status()).contains("0.2.0");
        assertThat(root.resolve("etc/telar/agent.json")).content().contains("gw-0001");
        assertThat(root.resolve("etc/default/telar-agent")).content().contains("FINE");
        assertThat(status).exists();
        assertThat(agent.isAlive())
                .as("the old one goes on until it is restarted")
                .isTrue();

        Said back = dpkg("-i", deb.toString());
        assertThat(back.code()).isNotZero();
        assertThat(back.text()).contains("version 0.2.0 was installed here and this is 0.1.0. Going back is refused");
        assertThat(run(List.of(
                                "env",
                                "LC_ALL=es_CL.UTF-8",
                                "dpkg",
                                "--root=" + root,
                                "--force-not-root",
                                "--force-script-chrootless",
                                "--force-depends",
                                "-i",
                                deb.toString()))
                        .text())
                .contains("No se vuelve atrás");
        assertThat(status()).contains("install ok installed").contains("0.2.0");
        agent.destroy();
        assertThat(agent.waitFor(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Order(6)
    @DisplayName("S35: a changed bundle, one too many and one gone: the agent does not start and names each")
    void verifiedAtBoot() throws Exception {
        Path bundle = home.resolve("bundles/api-0.1.0-bundle.jar");
        byte[] good = Files.readAllBytes(bundle);
        good[good.length / 2] ^= 1;
        Files.write(bundle, good);
        Files.writeString(home.resolve("bundles/extra.jar"), "x");
        Files.delete(home.resolve("bundles/channel-net-0.1.0-bundle.jar"));
        agent = start(work.resolve("data2"), null);
        assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(9);
        assertThat(text(work.resolve("agent.log")))
                .contains("bundles/api-0.1.0-bundle.jar has changed")
                .contains("bundles/channel-net-0.1.0-bundle.jar is missing")
                .contains("bundles/extra.jar does not belong there")
                .contains("Install the package again. The agent does not start.");
    }

    @Test
    @Order(7)
    @DisplayName("removal keeps configuration and data, purging leaves nothing")
    void removesAndPurges() throws Exception {
        assertThat(dpkg("--remove", "telar-agent").code()).isZero();
        assertThat(home.resolve("runtime")).doesNotExist();
        assertThat(home.resolve("agent.jsa")).doesNotExist();
        assertThat(root.resolve("etc/telar/agent.json")).exists();
        assertThat(root.resolve("var/lib/telar/status.json")).exists();
        Said purged = dpkg("--purge", "telar-agent");
        assertThat(purged.code()).as(purged.text()).isZero();
        for (String gone : List.of("etc/telar", "etc/default/telar-agent", "var/lib/telar", "usr/lib/telar")) {
            assertThat(root.resolve(gone)).doesNotExist();
        }
    }

    @Test
    @Order(8)
    @DisplayName(
            "Bad input: an unknown profile, another machine's profile without its jmods, wrong jmods: told, with what to do")
    void refusals() {
        assertThat(refused("--profile", "nonesuch")).contains("profile.json: there is no such file");
        assertThat(refused("--profile", "armv7-gateway"))
                .contains("is for armv7 and this machine is")
                .contains("give --jmods DIR");
        assertThat(refused("--profile", "x86-64-linux", "--jmods", work.toString()))
                .contains("has no java.base.jmod");
        assertThat(refused(
                        "--profile",
                        "armv7-gateway",
                        "--jmods",
                        Path.of(System.getProperty("java.home"), "jmods") + ""))
                .contains("and the profile armv7-gateway is for armv7");
        assertThat(refused("--profile")).contains("usage: telar image");
        assertThat(refused("--profile", "simulated", "--version", "x y")).contains("usage: telar image");
    }

    private static String refused(String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new ImageCommand(
                        REPOSITORY, Locale.ENGLISH, System.out, new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(args));
        assertThat(code).isNotZero();
        return err.toString(StandardCharsets.UTF_8);
    }

    /** The same package with one text of its control files changed. */
    private static Path repack(String name, String from, String to, String version) throws Exception {
        Path folder = work.resolve(name);
        Said said = run(List.of("dpkg-deb", "-R", deb.toString(), folder.toString()));
        assertThat(said.code()).as(said.text()).isZero();
        for (String file : List.of("control", "preinst")) {
            Path control = folder.resolve("DEBIAN").resolve(file);
            String text = Files.readString(control).replace(from, to);
            Files.writeString(
                    control, from.startsWith("Version") ? text.replace("\"" + version + "\"", "\"0.2.0\"") : text);
        }
        Path packed = work.resolve(name + ".deb");
        assertThat(run(List.of("dpkg-deb", "-Zgzip", "-z1", "-b", folder.toString(), packed.toString()))
                        .code())
                .isZero();
        return packed;
    }

    /** As the unit starts it, with a short watchdog. */
    private static Process start(Path data, Path socket) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("bin/telar-agent").toString(),
                        "--config",
                        root.resolve("etc/telar/agent.json").toString(),
                        "--data",
                        data.toString())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("agent.log").toFile());
        builder.environment().put("TELAR_JAVA_OPTIONS", socket == null ? "" : "-Xlog:class+load");
        if (socket != null) {
            builder.environment().put("NOTIFY_SOCKET", socket.toString());
            builder.environment().put("WATCHDOG_USEC", "6000000");
        }
        return builder.start();
    }

    private static void configure() throws Exception {
        Path etc = root.resolve("etc/telar");
        Files.writeString(etc.resolve("agent.json"), """
                {"gateway": "gw-0001", "serial": "1", "meterTable": "meters.csv", "keys": "keys.csv",
                 "mqtt": {"url": "ssl://127.0.0.1:9", "keyStore": "gateway.p12", "trustStore": "gateway.p12",
                          "passwordFile": "password"},
                 "media": {"rs485": {"uri": "tcp://127.0.0.1:9"}}}
                """);
        Files.writeString(etc.resolve("meters.csv"), Templates.text("meters.csv"));
        Files.writeString(etc.resolve("keys.csv"), "meter,password,encryption_key,authentication_key\n");
        Files.writeString(etc.resolve("password"), "changeit\n");
        List<String> keytool = new ArrayList<>(List.of(Tool.jdk("keytool").toString(), "-genkeypair", "-keyalg", "EC"));
        keytool.addAll(List.of("-dname", "CN=gw-0001", "-alias", "gateway", "-storetype", "PKCS12"));
        keytool.addAll(List.of(
                "-storepass",
                "changeit",
                "-keystore",
                etc.resolve("gateway.p12").toString()));
        Tool.run(keytool, work.resolve("keytool.log"), Duration.ofSeconds(60));
        for (String secret : List.of("keys.csv", "password", "gateway.p12")) {
            Files.setPosixFilePermissions(etc.resolve(secret), PosixFilePermissions.fromString("rw-------"));
        }
    }

    private record Said(int code, String text) {}

    private static Said dpkg(String... args) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("env", "LC_ALL=C", "dpkg", "--root=" + root, "--force-not-root"));
        command.addAll(List.of("--force-script-chrootless", "--force-depends"));
        command.addAll(List.of(args));
        return run(command);
    }

    private static String status() throws Exception {
        return run(List.of(
                        "dpkg-query",
                        "--admindir=" + root.resolve("var/lib/dpkg"),
                        "-W",
                        "-f=${Status} ${Version}",
                        "telar-agent"))
                .text();
    }

    private static Said run(List<String> command) throws Exception {
        Path out = Files.createTempFile(work, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS))
                    .as(command.toString())
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Said(process.exitValue(), Files.readString(out));
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
