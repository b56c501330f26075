package org.telar.collector.security;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Logins of people: a token of 256 bits that ends after 15 idle minutes and after eight hours (S09). Thread-safe. */
@Component
public class Logins {
    /** Without a request a login ends after this. */
    public static final Duration IDLE = Duration.ofMinutes(15);

    /** A login ends after this in any case. */
    public static final Duration LONGEST = Duration.ofHours(8);

    private static final Duration SEEN_EVERY = Duration.ofMinutes(1);
    private final JdbcTemplate jdbc;
    private final Accounts accounts;
    private final Clock clock;
    private final LoginBrake brake = new LoginBrake();

    /** @param token told once */
    public record Login(String account, String token, Set<Role> roles, Instant expiresAt) {}

    public Logins(JdbcTemplate jdbc, Accounts accounts, Clock clock) {
        this.jdbc = jdbc;
        this.accounts = accounts;
        this.clock = clock;
    }

    /**
     * Empty for a wrong name, a wrong password, a locked or disabled account and a source that failed too often: the
     * caller is not told which (S08).
     */
    public Optional<Login> open(String name, String password, String source) {
        if (!braked(source, () -> accounts.passes(name, password))) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        String token = Secrets.token();
        Timestamp at = Timestamp.from(now);
        jdbc.update(
                "DELETE FROM login_session WHERE created_at < ? OR seen_at < ?",
                Timestamp.from(now.minus(LONGEST)),
                Timestamp.from(now.minus(IDLE)));
        jdbc.update(
                "INSERT INTO login_session (token_sha256, account, created_at, seen_at) VALUES (?, ?, ?, ?)",
                Secrets.sha256(token),
                name,
                at,
                at);
        return accounts.find(name).map(a -> new Login(name, token, a.roles(), now.plus(LONGEST)));
    }

    /** As {@link Accounts#activate}, but a source that fails too often has to wait (S07). */
    public boolean activate(String code, String name, String password, String source) {
        return braked(source, () -> accounts.activate(code, name, password));
    }

    /** Ends the other logins of the account; false when the current password is not right. */
    public boolean changePassword(String name, String current, String password, String source) {
        return braked(source, () -> accounts.passes(name, current) && accounts.changePassword(name, password));
    }

    private boolean braked(String source, BooleanSupplier work) {
        Instant now = clock.instant();
        if (brake.locked(source, now)) {
            return false;
        }
        boolean passed = work.getAsBoolean();
        if (passed) {
            brake.passed(source);
        } else {
            brake.failed(source, now);
        }
        return passed;
    }

    public void close(String token) {
        jdbc.update("DELETE FROM login_session WHERE token_sha256 = ?", Secrets.sha256(token));
    }

    /** Whose login this is. */
    Optional<Caller> caller(String token) {
        Instant now = clock.instant();
        byte[] hash = Secrets.sha256(token);
        Optional<Caller> caller = jdbc
                .query(
                        "SELECT a.name, a.roles FROM login_session s JOIN account a ON a.name = s.account"
                                + " WHERE s.token_sha256 = ? AND s.created_at > ? AND s.seen_at > ? AND a.enabled",
                        (r, n) -> new Caller(
                                r.getString(1), Caller.Kind.PERSON, permissions(Accounts.roles(r.getArray(2)))),
                        hash,
                        Timestamp.from(now.minus(LONGEST)),
                        Timestamp.from(now.minus(IDLE)))
                .stream()
                .findFirst();
        caller.ifPresent(c -> jdbc.update(
                "UPDATE login_session SET seen_at = ? WHERE token_sha256 = ? AND seen_at < ?",
                Timestamp.from(now),
                hash,
                Timestamp.from(now.minus(SEEN_EVERY))));
        return caller;
    }

    private static Set<Permission> permissions(Set<Role> roles) {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        roles.forEach(r -> all.addAll(r.permissions()));
        return all;
    }
}
