package org.telar.collector;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What is wrong at the start is a sentence that names file or key and what was expected, and exit code 6. */
class StartRefusalTest {
    private static Path folder;
    private static Pki pki;

    @BeforeAll
    static void prepare() throws Exception {
        folder = RunningCollector.folder("refusal");
        pki = new Pki(folder.resolve("pki"));
    }

    private static String refusal(String... more) throws Exception {
        List<String> args = RunningCollector.arguments(folder.resolve("data"), pki, more);
        Throwable failure = catchThrowable(() -> CollectorApplication.application()
                .run(args.toArray(String[]::new))
                .close());
        assertThat(failure).as("the start").isNotNull();
        assertThat(StartFailure.exitCode(failure)).isEqualTo(6);
        return StartFailure.sentence(failure);
    }

    @Test
    @DisplayName("a key store that is absent, damaged or opened with the wrong password is named (fault 19)")
    void keyStore() throws Exception {
        assertThat(refusal("--telar.tls.key-store=" + folder.resolve("none.p12")))
                .contains("none.p12", "telar.tls.key-store", "PKCS#12");
        Path damaged = Files.write(folder.resolve("damaged.p12"), new byte[] {1, 2, 3});
        assertThat(refusal("--telar.tls.key-store=" + damaged)).contains("damaged.p12", "telar.tls.key-store");
        Path wrong = Files.writeString(folder.resolve("wrong"), "not it");
        assertThat(refusal("--telar.tls.password-file=" + wrong))
                .contains("telar.tls.password-file")
                .doesNotContain("not it");
        assertThat(refusal("--telar.tls.key-store=" + pki.trustStore())).contains("no private key");
    }

    @Test
    @DisplayName("an expired certificate is refused before anything starts (fault 19)")
    void expired() throws Exception {
        Path old = pki.keyStore("expired", Duration.ofDays(-1));
        assertThat(refusal("--telar.tls.key-store=" + old)).contains("expired.p12", "cannot be used");
    }

    @Test
    @DisplayName("a value that is none is told by its key")
    void badValues() throws Exception {
        assertThat(refusal("--telar.roles=centre")).contains("telar.roles", "collector, broker");
        assertThat(refusal("--telar.mqtt.port=many")).contains("telar.mqtt.port");
        assertThat(refusal("--telar.instance=a b")).contains("telar.instance");
        assertThat(refusal("--telar.zone=America/Nowhere")).contains("telar.zone");
        assertThat(refusal("--telar.database.url=jdbc:postgresql://localhost/x"))
                .contains("telar.database.legacy-url");
    }

    @Test
    @DisplayName(
            "the process: a port in use is a sentence on stderr, no stack trace, exit code 6, and no server left behind")
    void portInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-Xmx128m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    CollectorApplication.class.getName()));
            Path data = folder.resolve("port-data");
            command.addAll(RunningCollector.arguments(data, pki, "--telar.mqtt.port=" + taken.getLocalPort()));
            Path out = folder.resolve("port.out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            String text = Files.readString(out);
            assertThat(process.exitValue()).as(text).isEqualTo(6);
            assertThat(text)
                    .contains("telar-collector: port " + taken.getLocalPort(), "telar.mqtt.port")
                    .doesNotContain("\tat ")
                    .doesNotContain("Exception");
            assertThat(data.resolve("postgres/cluster")).doesNotExist();
        }
    }

    @Test
    @DisplayName("a second collector on one data folder is refused (fault 38)")
    void twice() throws Exception {
        RunningCollector running = RunningCollector.shared();
        assertThat(refusal("--telar.data=" + running.data()))
                .contains("another collector", running.data().toString());
    }
}
