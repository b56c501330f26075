package org.telar.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the image's agent once, without meters or centre, to learn which classes it loads. Runs with the JDK of this
 * machine: which classes are loaded does not depend on the processor.
 */
final class Training {
    private static final Duration READY = Duration.ofSeconds(90);
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";
    private static final String STORE_PASSWORD = "training";

    private final Path home;
    private final Path work;

    /** @param work an empty folder */
    Training(Path home, Path work) {
        this.home = home;
        this.work = work;
    }

    List<String> classes() throws IOException, InterruptedException, ImageException {
        configure();
        Path log = work.resolve("load.log");
        Path dumped = work.resolve("dumped.list");
        List<String> command = new ArrayList<>(List.of(
                Tool.jdk("java").toString(),
                "-Xshare:off",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-Xlog:class+load=debug:file=" + log + ":uptime,level,tags:filecount=0",
                "-XX:DumpLoadedClassList=" + dumped,
                "-jar",
                home.resolve("telar-agent.jar").toString(),
                "--profile",
                home.resolve("profile").toString(),
                "--config",
                work.resolve("agent.json").toString(),
                "--data",
                work.resolve("data").toString()));
        Path out = work.resolve("agent.log");
        Process agent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            long until = System.nanoTime() + READY.toNanos();
            while (!Files.readString(out).contains("READY {")) {
                if (!agent.isAlive() || System.nanoTime() > until) {
                    throw failed(Files.readString(out));
                }
                Thread.sleep(100);
            }
            agent.destroy();
            if (!agent.waitFor(20, TimeUnit.SECONDS)) {
                throw failed("it did not stop");
            }
        } finally {
            agent.destroyForcibly();
        }
        return ClassList.of(home, log, dumped);
    }

    private static ImageException failed(String said) {
        String tail = said.length() > 600 ? said.substring(said.length() - 600) : said;
        return new ImageException(
                ImageException.UNEXPECTED,
                "The agent of the image does not start: " + tail,
                "El agente de la imagen no arranca: " + tail);
    }

    private void configure() throws IOException, InterruptedException, ImageException {
        // Port 9 (discard) of the loopback: nobody listens there.
        write("agent.json", """
                {"gateway": "training", "serial": "0", "meterTable": "meters.csv", "keys": "keys.csv",
                 "mqtt": {"url": "ssl://127.0.0.1:9", "keyStore": "gateway.p12", "trustStore": "gateway.p12",
                          "passwordFile": "password"},
                 "media": {"training": {"uri": "tcp://127.0.0.1:9", "protocol": "wrapper"}}}
                """);
        write("meters.csv", """
                meter,driver,model,identity,medium,address,client_sap,authentication,zone,state,parameters
                1,dlms,TRAINING,TRAINING1,training,wrapper:17,1,HLS5,America/Santiago,COMMISSIONED,
                """);
        write("keys.csv", "meter,password,encryption_key,authentication_key\n1,," + KEY + "," + KEY + "\n");
        write("password", STORE_PASSWORD + "\n");
        Path store = work.resolve("gateway.p12");
        List<String> keytool = new ArrayList<>(List.of(Tool.jdk("keytool").toString(), "-genkeypair", "-keyalg", "EC"));
        keytool.addAll(List.of("-dname", "CN=training", "-alias", "gateway", "-storetype", "PKCS12"));
        keytool.addAll(List.of("-storepass", STORE_PASSWORD, "-keystore", store.toString()));
        Tool.run(keytool, work.resolve("keytool.log"), Duration.ofSeconds(60));
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(work.resolve(name), text);
        Files.setPosixFilePermissions(work.resolve(name), PosixFilePermissions.fromString("rw-------"));
    }
}
