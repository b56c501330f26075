package org.telar.collector.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.collector.RefusedException;

/**
 * PostgreSQL as a child process with durable settings (fsync, synchronous_commit and full_page_writes on), on loopback
 * only, with scram passwords made at random and kept in a file of mode 0600. The data folder is never cleaned. A
 * server that a killed collector left behind is stopped first; none survives {@link #close()}. Not thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
    /** Databases, each owned by a role of its name (R15). */
    public static final List<String> DATABASES = List.of("smmc", "legacy");
    /** Roles that read and nothing else, and where: I7 reads the central database (R07), I8 the Legacy's (R08). */
    static final Map<String, String> READERS = Map.of("smmc_reader", "smmc", "legacy_reader", "legacy");

    static final String ADMIN = "telar_admin";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(8);
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", ""),
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("password_encryption", "scram-sha-256"),
            Map.entry("shared_buffers", "64MB"),
            Map.entry("work_mem", "8MB"),
            Map.entry("maintenance_work_mem", "32MB"),
            Map.entry("max_connections", "40"),
            Map.entry("max_wal_size", "512MB"),
            Map.entry("checkpoint_timeout", "10min"),
            Map.entry("autovacuum_max_workers", "2"),
            Map.entry("io_method", "sync"),
            Map.entry("jit", "off"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"));

    private final Path cluster;
    private final Path log;
    private final int port;
    private final Properties secrets;
    private Process guard;

    private PostgresServer(Path cluster, Path log, int port, Properties secrets) {
        this.cluster = cluster;
        this.log = log;
        this.port = port;
        this.secrets = secrets;
    }

    /**
     * Starts the server and makes sure of its databases and roles.
     *
     * @param folder keeps cluster, passwords and log
     * @param software where the binaries are unpacked
     * @param port 0 = any free one
     * @throws RefusedException when it cannot run here
     */
    public static PostgresServer start(Path folder, Path software, int port) {
        return start(folder, software, port, Map.of(), START);
    }

    /**
     * As {@link #start(Path, Path, int)}.
     *
     * @param more settings besides ours, for this run alone
     * @param patience how long it may take until it serves; a recovery takes longer
     */
    public static PostgresServer start(
            Path folder, Path software, int port, Map<String, String> more, Duration patience) {
        Path home = PostgresBinaries.unpack(software);
        Path cluster = folder.resolve("cluster");
        try {
            Properties secrets = secrets(folder.resolve("passwords"));
            if (!Files.exists(cluster.resolve("PG_VERSION"))) {
                initialise(home, folder, cluster, secrets);
            }
            stopLeftover(cluster);
            int claimed = Ports.claim("127.0.0.1", port, "telar.database.port");
            PostgresServer server = new PostgresServer(cluster, folder.resolve("postgres.log"), claimed, secrets);
            server.launch(home, more, patience);
            try {
                server.ensureDatabases();
            } catch (SQLException | RuntimeException e) {
                server.close();
                throw new RefusedException(
                        "the embedded PostgreSQL in " + cluster + " refuses: " + e.getMessage() + ".", e);
            }
            return server;
        } catch (IOException e) {
            throw new RefusedException("the embedded PostgreSQL in " + folder + " cannot start: " + e + ".", e);
        }
    }

    public int port() {
        return port;
    }

    /** Process id of the postmaster while it runs. */
    public Optional<Long> pid() {
        return postmaster(cluster);
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public String password(String role) {
        return secrets.getProperty(role);
    }

    /** Stops the server: fast, then immediate, then by force. Idempotent. */
    @Override
    public void close() {
        Optional<Long> pid = postmaster(cluster);
        try {
            guard.getOutputStream().close();
            if (guard.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
            LOG.warn(
                    "PostgreSQL did not stop within {} s; it is stopped at once and recovers at the next start",
                    STOP.toSeconds());
            pid.ifPresent(p -> PostgresCommand.signal(p, "QUIT"));
            if (!guard.waitFor(3, TimeUnit.SECONDS)) {
                guard.descendants().forEach(ProcessHandle::destroyForcibly);
                guard.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void launch(Path home, Map<String, String> more, Duration patience) throws IOException {
        List<String> program =
                new ArrayList<>(List.of(home.resolve("bin/postgres").toString(), "-D", cluster.toString()));
        program.addAll(List.of("-p", Integer.toString(port)));
        SETTINGS.forEach((k, v) -> program.addAll(List.of("-c", k + "=" + v)));
        more.forEach((k, v) -> program.addAll(List.of("-c", k + "=" + v)));
        if (Files.exists(log) && Files.size(log) > 10_000_000) {
            Files.move(log, log.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        guard = new ProcessBuilder(PostgresCommand.guarded(program))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long deadline = System.nanoTime() + patience.toNanos();
        while (!ready()) {
            if (!guard.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new RefusedException("the embedded PostgreSQL in " + cluster + " did not start: "
                        + PostgresCommand.lastLines(Files.readString(log)) + " (" + log + ").");
            }
            pause(30);
        }
    }

    /** The last line of the lock file says "ready" once connections are taken. */
    private boolean ready() {
        try {
            List<String> lines = Files.readAllLines(cluster.resolve("postmaster.pid"), StandardCharsets.US_ASCII);
            return lines.size() >= 8 && lines.get(7).strip().equals("ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void initialise(Path home, Path folder, Path cluster, Properties secrets) throws IOException {
        LOG.info("First start: creating the database cluster in {}", cluster);
        Path fresh = folder.resolve("cluster.new");
        PostgresBinaries.delete(fresh);
        Path password = folder.resolve("initdb.password");
        DataFolder.writeSecret(password, secrets.getProperty(ADMIN));
        try {
            PostgresCommand.run(
                    List.of(
                            home.resolve("bin/initdb").toString(),
                            "-D",
                            fresh.toString(),
                            "-U",
                            ADMIN,
                            "-A",
                            "scram-sha-256",
                            "--pwfile=" + password,
                            "-E",
                            "UTF8",
                            "--no-locale",
                            "--no-instructions"),
                    120);
        } finally {
            Files.delete(password);
        }
        Files.writeString(fresh.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
        Files.move(fresh, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Properties secrets(Path file) throws IOException {
        Properties p = new Properties();
        if (Files.exists(file)) {
            try (var in = Files.newBufferedReader(file)) {
                p.load(in);
            }
        }
        boolean complete = true;
        List<String> roles = new ArrayList<>(DATABASES);
        roles.addAll(new java.util.TreeSet<>(READERS.keySet()));
        roles.add(ADMIN);
        StringBuilder text = new StringBuilder();
        for (String role : roles) {
            if (p.getProperty(role, "").isEmpty()) {
                byte[] random = new byte[24];
                new SecureRandom().nextBytes(random);
                p.setProperty(role, HexFormat.of().formatHex(random));
                complete = false;
            }
            text.append(role).append('=').append(p.getProperty(role)).append('\n');
        }
        if (!complete) {
            DataFolder.writeSecret(file, text.toString());
        }
        return p;
    }

    /** A collector killed hard may leave its server behind, or one that is still on its way down. */
    private static void stopLeftover(Path cluster) throws IOException {
        Optional<Long> left = postmaster(cluster);
        if (left.isEmpty()) {
            Files.deleteIfExists(cluster.resolve("postmaster.pid"));
            return;
        }
        long pid = left.get();
        LOG.info("A PostgreSQL (process {}) of an earlier collector is still running here: stopping it", pid);
        for (String signal : List.of("INT", "QUIT", "KILL")) {
            PostgresCommand.signal(pid, signal);
            long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            while (System.nanoTime() < deadline) {
                // The lock file goes a moment before the process does.
                if (!worksIn(pid, cluster)) {
                    return;
                }
                pause(30);
            }
        }
        throw new RefusedException(
                "process " + pid + " is a PostgreSQL that uses " + cluster + " and cannot be stopped.");
    }

    /** The live server of this cluster: its lock file's process, when that works in this very folder. */
    private static Optional<Long> postmaster(Path cluster) {
        try {
            List<String> lines = Files.readAllLines(cluster.resolve("postmaster.pid"), StandardCharsets.US_ASCII);
            long pid = Long.parseLong(lines.get(0).strip());
            return worksIn(pid, cluster) ? Optional.of(pid) : Optional.empty();
        } catch (IOException | RuntimeException none) {
            return Optional.empty();
        }
    }

    private static boolean worksIn(long pid, Path cluster) {
        try {
            Path folder = Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"));
            return folder.equals(cluster.toRealPath());
        } catch (IOException gone) {
            return false;
        }
    }

    private void ensureDatabases() throws SQLException {
        DriverManager.setLoginTimeout(30);
        try (Connection admin = admin("postgres");
                Statement s = admin.createStatement()) {
            for (String name : DATABASES) {
                if (!exists(s, "SELECT 1 FROM pg_roles WHERE rolname = '" + name + "'")) {
                    s.execute("CREATE ROLE " + name + " LOGIN");
                }
                s.execute("ALTER ROLE " + name + " PASSWORD '" + secrets.getProperty(name) + "'");
                if (!exists(s, "SELECT 1 FROM pg_database WHERE datname = '" + name + "'")) {
                    s.execute("CREATE DATABASE " + name + " OWNER " + name);
                    s.execute("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC");
                }
            }
            for (Map.Entry<String, String> reader : READERS.entrySet()) {
                reader(s, reader.getKey(), reader.getValue());
            }
        }
    }

    /** What it may read, the database's own migrations grant. */
    private void reader(Statement s, String role, String database) throws SQLException {
        if (!exists(s, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'")) {
            s.execute("CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 10");
        }
        s.execute("ALTER ROLE " + role + " PASSWORD '" + secrets.getProperty(role) + "'");
        s.execute("ALTER ROLE " + role + " SET statement_timeout = '10min'");
        s.execute("GRANT CONNECT ON DATABASE " + database + " TO " + role);
    }

    /** A session that may do everything; for backup and restore. */
    public Connection admin(String database) throws SQLException {
        return DriverManager.getConnection(url(database), ADMIN, secrets.getProperty(ADMIN));
    }

    /** Where the cluster's files are. */
    public Path cluster() {
        return cluster;
    }

    private static boolean exists(Statement s, String query) throws SQLException {
        try (var rows = s.executeQuery(query)) {
            return rows.next();
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
