package org.telar.collector.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.collector.platform.DataFolder;

/**
 * Tokens of programs, each with its scopes and its last day (R10). The first one, with all scopes, is made at the first
 * start and written to {@code api-token} in the data folder, readable by its owner alone: whoever can read that file
 * already owns the database. The database holds hashes only. Thread-safe.
 */
@Component
public class ApiTokens {
    private static final Logger LOG = LoggerFactory.getLogger(ApiTokens.class);
    private static final Duration SEEN_EVERY = Duration.ofMinutes(1);
    private final JdbcTemplate jdbc;
    private final Clock clock;

    /** A token as it is told: never the secret. */
    public record Token(
            String name,
            Set<Permission> scopes,
            String madeBy,
            Instant createdAt,
            Optional<Instant> expiresAt,
            Optional<Instant> lastUsedAt) {}

    public ApiTokens(JdbcTemplate jdbc, DataFolder data, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        Integer n = jdbc.queryForObject("SELECT count(*) FROM api_token", Integer.class);
        if (n == null || n == 0) {
            first(data.root().resolve("api-token"));
        }
    }

    private void first(Path file) {
        try {
            String token = Secrets.token();
            Files.deleteIfExists(file);
            DataFolder.writeSecret(file, token + "\n");
            insert("first", token, EnumSet.allOf(Permission.class), "", Optional.empty());
            LOG.info("First start: the token of the API is in {}", file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /**
     * Makes a token; the answer is the only time it is told.
     *
     * @return empty when another token has that name
     */
    public Optional<String> create(String name, Set<Permission> scopes, String madeBy, Optional<Instant> expiresAt) {
        String token = Secrets.token();
        return insert(name, token, scopes, madeBy, expiresAt) == 1 ? Optional.of(token) : Optional.empty();
    }

    private int insert(String name, String token, Set<Permission> scopes, String madeBy, Optional<Instant> expiresAt) {
        return jdbc.update(
                "INSERT INTO api_token (token_sha256, name, created_at, scopes, made_by, expires_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
                Secrets.sha256(token),
                name,
                Timestamp.from(clock.instant()),
                names(scopes),
                madeBy,
                expiresAt.map(Timestamp::from).orElse(null));
    }

    /** Takes effect with the next request. */
    public boolean revoke(String name) {
        return jdbc.update("DELETE FROM api_token WHERE name = ?", name) == 1;
    }

    public List<Token> list(int limit, long offset) {
        return jdbc.query(
                "SELECT name, scopes, made_by, created_at, expires_at, last_used_at FROM api_token ORDER BY name"
                        + " LIMIT ? OFFSET ?",
                (r, n) -> new Token(
                        r.getString(1),
                        permissions(r.getArray(2)),
                        r.getString(3),
                        r.getTimestamp(4).toInstant(),
                        instant(r, 5),
                        instant(r, 6)),
                limit,
                offset);
    }

    public long count() {
        Long n = jdbc.queryForObject("SELECT count(*) FROM api_token", Long.class);
        return n == null ? 0 : n;
    }

    /** Whose token this is. */
    Optional<Caller> caller(String token) {
        Timestamp now = Timestamp.from(clock.instant());
        byte[] hash = Secrets.sha256(token);
        Optional<Caller> caller = jdbc
                .query(
                        "SELECT name, scopes FROM api_token WHERE token_sha256 = ? AND (expires_at IS NULL OR expires_at > ?)",
                        (r, n) -> new Caller(r.getString(1), Caller.Kind.PROGRAM, permissions(r.getArray(2))),
                        hash,
                        now)
                .stream()
                .findFirst();
        caller.ifPresent(c -> jdbc.update(
                "UPDATE api_token SET last_used_at = ? WHERE token_sha256 = ? AND (last_used_at IS NULL OR last_used_at < ?)",
                now,
                hash,
                Timestamp.from(now.toInstant().minus(SEEN_EVERY))));
        return caller;
    }

    static String[] names(Collection<? extends Enum<?>> values) {
        return values.stream().map(Enum::name).sorted().toArray(String[]::new);
    }

    static Optional<Instant> instant(ResultSet r, int column) throws SQLException {
        return Optional.ofNullable(r.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private static Set<Permission> permissions(Array array) throws SQLException {
        return Arrays.stream((String[]) array.getArray())
                .map(Permission::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Permission.class)));
    }
}
