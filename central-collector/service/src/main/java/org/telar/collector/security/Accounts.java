package org.telar.collector.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.BadInput;
import org.telar.collector.platform.DataFolder;

/**
 * People: named accounts with roles, no default password (S01, S02). Whoever administers invites with a one-time code of
 * 24 hours; the person chooses the password. The very first code is written to {@code first-access} in the data folder
 * at the first start, readable by its owner alone, and makes the first administrator. Thread-safe.
 */
@Component
public class Accounts {
    /** How long a one-time code holds. */
    public static final Duration CODE_LIFE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{1,63}");
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Path firstAccess;
    private final Passwords passwords = new Passwords();

    public record Account(
            String name,
            Set<Role> roles,
            boolean enabled,
            Optional<Instant> lockedUntil,
            Instant createdAt,
            Optional<Instant> lastLoginAt) {}

    /** @param code told once */
    public record Invitation(String name, String code, Instant expiresAt) {}

    private record Invited(String name, Set<Role> roles) {}

    private record Stored(String hash, boolean enabled, Optional<Instant> lockedUntil) {}

    public Accounts(JdbcTemplate jdbc, TransactionTemplate transaction, DataFolder data, Clock clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        this.firstAccess = data.root().resolve("first-access");
        if (count() == 0 && open() == 0) {
            try {
                Invitation first = invite("", EnumSet.of(Role.ADMINISTRADOR), "");
                DataFolder.writeSecret(firstAccess, first.code() + "\n");
                LOG.info(
                        "No account yet: the one-time code for the first administrator is in {}, until {}",
                        firstAccess,
                        first.expiresAt());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + firstAccess, e);
            }
        }
    }

    private long open() {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM invitation WHERE expires_at > ?", Long.class, Timestamp.from(clock.instant()));
        return n == null ? 0 : n;
    }

    /** A code for a new account, or for a new password of one that exists; it replaces the earlier codes of that name. */
    public Invitation invite(String name, Set<Role> roles, String madeBy) {
        if (!name.isEmpty()) {
            requireName(name);
        }
        if (roles.isEmpty()) {
            throw new BadInput("ROLES_EXPECTED", Arrays.toString(Role.values()));
        }
        String code = Secrets.code();
        Instant expires = clock.instant().plus(CODE_LIFE);
        transaction.executeWithoutResult(t -> {
            jdbc.update("DELETE FROM invitation WHERE name = ?", name);
            jdbc.update(
                    "INSERT INTO invitation (code_sha256, name, roles, made_by, expires_at) VALUES (?, ?, ?, ?, ?)",
                    Secrets.sha256(code),
                    name,
                    ApiTokens.names(roles),
                    madeBy,
                    Timestamp.from(expires));
        });
        return new Invitation(name, code, expires);
    }

    /**
     * Uses a code: makes the account, or gives it a new password and ends its logins.
     *
     * @return false when the code is not valid (for that name, or any more)
     * @throws BadInput for a name or password that cannot be taken
     */
    public boolean activate(String code, String name, String password) {
        requireName(name);
        requirePassword(name, password);
        if (code.length() > Secrets.LONGEST) {
            return false;
        }
        String hash = passwords.hash(password);
        byte[] sha = Secrets.sha256(code.strip().toUpperCase(Locale.ROOT));
        Timestamp now = Timestamp.from(clock.instant());
        Optional<Invited> used = transaction.execute(t -> {
            Optional<Invited> invited = jdbc
                    .query(
                            "DELETE FROM invitation WHERE code_sha256 = ? AND expires_at > ? AND (name = ? OR name = '')"
                                    + " RETURNING name, roles",
                            (r, n) -> new Invited(r.getString(1), roles(r.getArray(2))),
                            sha,
                            now,
                            name)
                    .stream()
                    .findFirst();
            invited.ifPresent(i -> put(name, hash, i.roles()));
            return invited;
        });
        if (used == null || used.isEmpty()) {
            return false;
        }
        if (used.get().name().isEmpty()) {
            deleteFirstAccess();
        }
        return true;
    }

    private void put(String name, String hash, Set<Role> roles) {
        jdbc.update(
                "INSERT INTO account (name, password_hash, roles, created_at) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash,"
                        + " failures = 0, locked_until = NULL",
                name,
                hash,
                ApiTokens.names(roles),
                Timestamp.from(clock.instant()));
        jdbc.update("DELETE FROM login_session WHERE account = ?", name);
    }

    /**
     * Gives an account that exists a new password and ends its logins.
     *
     * @throws BadInput for a password that cannot be taken
     */
    boolean changePassword(String name, String password) {
        requirePassword(name, password);
        String hash = passwords.hash(password);
        return Boolean.TRUE.equals(transaction.execute(t -> {
            jdbc.update("DELETE FROM login_session WHERE account = ?", name);
            return jdbc.update("UPDATE account SET password_hash = ? WHERE name = ?", hash, name) == 1;
        }));
    }

    private void deleteFirstAccess() {
        try {
            Files.deleteIfExists(firstAccess);
        } catch (IOException e) {
            LOG.warn("The used one-time code could not be deleted: {}", e.toString());
        }
    }

    /** Whether the password is the account's, neither locked nor disabled; counts what fails. Same time in every case. */
    boolean passes(String name, String password) {
        Instant now = clock.instant();
        Optional<Stored> stored = password.length() > Passwords.LONGEST
                ? Optional.empty()
                : jdbc
                        .query(
                                "SELECT password_hash, enabled, locked_until FROM account WHERE name = ?",
                                (r, n) -> new Stored(r.getString(1), r.getBoolean(2), ApiTokens.instant(r, 3)),
                                name)
                        .stream()
                        .findFirst();
        boolean open = stored.filter(s ->
                        s.enabled() && s.lockedUntil().filter(now::isBefore).isEmpty())
                .isPresent();
        if (!open) {
            return passwords.refuse(password.substring(0, Math.min(password.length(), Passwords.LONGEST)));
        }
        if (passwords.matches(password, stored.get().hash())) {
            jdbc.update(
                    "UPDATE account SET failures = 0, locked_until = NULL, last_login_at = ? WHERE name = ?",
                    Timestamp.from(now),
                    name);
            return true;
        }
        Integer failures = jdbc.queryForObject(
                "UPDATE account SET failures = failures + 1 WHERE name = ? RETURNING failures", Integer.class, name);
        Duration lock = LoginBrake.lock(failures == null ? 0 : failures);
        if (!lock.isZero()) {
            jdbc.update("UPDATE account SET locked_until = ? WHERE name = ?", Timestamp.from(now.plus(lock)), name);
        }
        return false;
    }

    public Optional<Account> find(String name) {
        return select("WHERE name = ?", name).stream().findFirst();
    }

    public List<Account> list(int limit, long offset) {
        return select("ORDER BY name LIMIT ? OFFSET ?", limit, offset);
    }

    public long count() {
        Long n = jdbc.queryForObject("SELECT count(*) FROM account", Long.class);
        return n == null ? 0 : n;
    }

    /**
     * Takes effect with the next request.
     *
     * @throws BadInput when nobody could administer any more
     */
    public void change(String name, Set<Role> roles, boolean enabled) {
        if (roles.isEmpty()) {
            throw new BadInput("ROLES_EXPECTED", Arrays.toString(Role.values()));
        }
        transaction.executeWithoutResult(t -> {
            oneAtATime();
            jdbc.update(
                    "UPDATE account SET roles = ?, enabled = ? WHERE name = ?", ApiTokens.names(roles), enabled, name);
            if (!enabled) {
                jdbc.update("DELETE FROM login_session WHERE account = ?", name);
            }
            requireAdministrator();
        });
    }

    /** @throws BadInput when nobody could administer any more */
    public boolean remove(String name) {
        return Boolean.TRUE.equals(transaction.execute(t -> {
            oneAtATime();
            jdbc.update("DELETE FROM invitation WHERE name = ?", name);
            boolean removed = jdbc.update("DELETE FROM account WHERE name = ?", name) == 1;
            requireAdministrator();
            return removed;
        }));
    }

    private void oneAtATime() {
        jdbc.execute("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE");
    }

    private void requireAdministrator() {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM account WHERE enabled AND 'ADMINISTRADOR' = ANY (roles)", Long.class);
        if (n == null || n == 0) {
            throw new BadInput("LAST_ADMINISTRATOR");
        }
    }

    private List<Account> select(String where, Object... arguments) {
        return jdbc.query(
                "SELECT name, roles, enabled, locked_until, created_at, last_login_at FROM account " + where,
                (r, n) -> new Account(
                        r.getString(1),
                        roles(r.getArray(2)),
                        r.getBoolean(3),
                        ApiTokens.instant(r, 4),
                        r.getTimestamp(5).toInstant(),
                        ApiTokens.instant(r, 6)),
                arguments);
    }

    private static void requirePassword(String name, String password) {
        if (!Passwords.acceptable(name, password)) {
            throw new BadInput("WEAK_PASSWORD", Passwords.SHORTEST, Passwords.LONGEST);
        }
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new BadInput("ACCOUNT_NAME");
        }
    }

    static Set<Role> roles(Array array) throws SQLException {
        return Arrays.stream((String[]) array.getArray())
                .map(Role::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
    }
}
