package org.telar.collector.platform;

import java.nio.file.Path;
import java.util.Optional;

import org.telar.collector.RefusedException;

/** Where the two databases are: on the embedded server, or on one of the site's. */
public final class Databases implements AutoCloseable {
    private final Access smmc;
    private final Access legacy;
    private final Optional<PostgresServer> embedded;

    /** How to get in; the password is never logged. */
    record Access(String url, String user, String password) {
        @Override
        public String toString() {
            return user + "@" + url;
        }
    }

    private Databases(Access smmc, Access legacy, Optional<PostgresServer> embedded) {
        this.smmc = smmc;
        this.legacy = legacy;
        this.embedded = embedded;
    }

    static Databases open(CollectorSettings settings, DataFolder data) {
        CollectorSettings.Database db = settings.database();
        if (db.url().isPresent()) {
            String legacyUrl = db.legacyUrl()
                    .orElseThrow(
                            () -> new RefusedException("telar.database.legacy-url is not set: with telar.database.url,"
                                    + " it names the Legacy Integration Database as a JDBC URL."));
            return new Databases(
                    new Access(db.url().get(), db.user(), password(db.passwordFile())),
                    new Access(legacyUrl, db.legacyUser(), password(db.legacyPasswordFile())),
                    Optional.empty());
        }
        Path folder = data.folder("postgres");
        PostgresServer server = PostgresServer.start(
                folder,
                db.software().map(Path::of).orElse(folder.resolve("software")).toAbsolutePath(),
                settings.databasePort());
        Access legacy = db.legacyUrl()
                .map(url -> new Access(url, db.legacyUser(), password(db.legacyPasswordFile())))
                .orElseGet(() -> access(server, "legacy"));
        return new Databases(access(server, "smmc"), legacy, Optional.of(server));
    }

    private static Access access(PostgresServer server, String name) {
        return new Access(server.url(name), name, server.password(name));
    }

    private static String password(Optional<String> file) {
        return file.map(f -> TlsMaterial.read(Path.of(f))).orElse("");
    }

    Access smmc() {
        return smmc;
    }

    Access legacy() {
        return legacy;
    }

    /** The embedded server, if it is ours. */
    public Optional<PostgresServer> embedded() {
        return embedded;
    }

    @Override
    public void close() {
        embedded.ifPresent(PostgresServer::close);
    }
}
