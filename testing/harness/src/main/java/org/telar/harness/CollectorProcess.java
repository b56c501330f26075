package org.telar.harness;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The collector as a process, with broker and PostgreSQL embedded: started, killed, started again on the same data.
 * Not thread-safe.
 */
public final class CollectorProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final Installation installation;
    private final Spec spec;
    private final Launch always;
    private ManagedProcess process;

    /**
     * What to start.
     *
     * @param data folder of everything the collector keeps
     * @param identity TLS material of the server
     * @param mark environment of the process
     */
    public record Spec(
            Path data,
            Ports ports,
            Path clockFile,
            TestPki pki,
            TestPki.Identity identity,
            Path log,
            Map<String, String> mark) {}

    /** Starts it and waits until it serves. */
    public CollectorProcess(Installation installation, Spec spec) throws HarnessException, InterruptedException {
        this(installation, spec, Launch.PLAIN);
    }

    /** @param always what it is started with, every time */
    public CollectorProcess(Installation installation, Spec spec, Launch always)
            throws HarnessException, InterruptedException {
        this.installation = installation;
        this.spec = spec;
        this.always = always;
        start();
    }

    /** Starts it (again) and returns when its health is good. */
    public void start() throws HarnessException, InterruptedException {
        start(Launch.PLAIN);
    }

    /** Starts it (again), this time with something more. */
    public void start(Launch launch) throws HarnessException, InterruptedException {
        List<String> command = new ArrayList<>(launch.prefix());
        command.addAll(List.of(
                Installation.java().toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-jar",
                installation.collectorJar().toString()));
        command.add("--telar.data=" + spec.data());
        command.add("--telar.port-base=" + spec.ports().collector());
        command.add("--telar.http.address=127.0.0.1");
        command.add("--telar.mqtt.address=127.0.0.1");
        // Stories say themselves when a load runs.
        command.add("--telar.plans.daily=false");
        command.add("--telar.clock.file=" + spec.clockFile());
        command.add("--telar.tls.key-store=" + spec.identity().keyStore());
        command.add("--telar.tls.trust-store=" + spec.identity().trustStore());
        command.add("--telar.tls.password-file=" + spec.identity().passwordFile());
        command.addAll(always.arguments());
        command.addAll(launch.arguments());
        Map<String, String> environment = new HashMap<>(spec.mark());
        environment.putAll(always.environment());
        environment.putAll(launch.environment());
        process = ManagedProcess.start(
                new ManagedProcess.Spec("collector", command, environment, spec.log(), l -> l.startsWith("READY")));
        awaitHealth();
    }

    private void awaitHealth() throws HarnessException, InterruptedException {
        CollectorClient probe;
        try {
            probe = new CollectorClient(
                    spec.ports().collectorHttps(), spec.pki().authority(), "");
        } catch (GeneralSecurityException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "This Java has no TLS 1.3: " + e.getMessage(), e);
        }
        Await.untilTrue("the collector (log: " + spec.log() + ")", START, () -> {
            process.requireAlive();
            try {
                return Optional.of(probe.get("/actuator/health").ok());
            } catch (IOException notYet) {
                return Optional.empty();
            }
        });
    }

    public ManagedProcess process() {
        return process;
    }

    /** A client with the token that the collector wrote on its first start. */
    public CollectorClient client() throws HarnessException {
        Path token = spec.data().resolve("api-token");
        try {
            return new CollectorClient(
                    spec.ports().collectorHttps(),
                    spec.pki().authority(),
                    Files.readString(token).strip());
        } catch (IOException | GeneralSecurityException e) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED, "The collector's token in " + token + " cannot be used: " + e, e);
        }
    }

    /**
     * A read-only connection to one of its databases.
     *
     * @param database {@code legacy} or {@code smmc}
     */
    public Connection database(String database) throws HarnessException {
        return connect(spec.data(), spec.ports().database(), database);
    }

    /** As {@link #database(String)}, for a collector that somebody else has started. */
    public static Connection connect(Path collectorData, int port, String database) throws HarnessException {
        Properties secrets = new Properties();
        Path file = collectorData.resolve("postgres/passwords");
        try (Reader in = Files.newBufferedReader(file)) {
            secrets.load(in);
            Properties login = new Properties();
            login.setProperty("user", database);
            login.setProperty("password", secrets.getProperty(database, ""));
            login.setProperty("connectTimeout", "5");
            login.setProperty("socketTimeout", "120");
            login.setProperty("ApplicationName", "telar-harness");
            Connection c = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, login);
            c.setReadOnly(true);
            return c;
        } catch (IOException e) {
            throw new HarnessException(
                    HarnessException.PRECONDITION, "No collector keeps its data in " + collectorData + ": " + e, e);
        } catch (SQLException e) {
            throw new HarnessException(
                    HarnessException.TIMEOUT,
                    "The " + database + " database does not answer on port " + port + ": " + e.getMessage(),
                    e);
        }
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
