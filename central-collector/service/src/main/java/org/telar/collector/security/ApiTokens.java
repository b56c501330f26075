package org.telar.collector.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.collector.platform.DataFolder;

/**
 * Tokens of programs. The first one is made at the first start and written to {@code api-token} in the data folder,
 * readable by its owner alone; the database holds hashes only. Thread-safe.
 */
@Component
public class ApiTokens {
    private static final Logger LOG = LoggerFactory.getLogger(ApiTokens.class);
    private final JdbcTemplate jdbc;

    public ApiTokens(JdbcTemplate jdbc, DataFolder data, Clock clock) {
        this.jdbc = jdbc;
        Integer n = jdbc.queryForObject("SELECT count(*) FROM api_token", Integer.class);
        if (n == null || n == 0) {
            first(data.root().resolve("api-token"), clock);
        }
    }

    private void first(Path file, Clock clock) {
        try {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            Files.deleteIfExists(file);
            DataFolder.writeSecret(file, token + "\n");
            jdbc.update(
                    "INSERT INTO api_token (token_sha256, name, created_at) VALUES (?, 'first', ?)",
                    sha256(token),
                    Timestamp.from(clock.instant()));
            LOG.info("First start: the token of the API is in {}", file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** The name a token belongs to. */
    Optional<String> nameOf(String token) {
        if (token.isEmpty() || token.length() > 200) {
            return Optional.empty();
        }
        List<String> names = jdbc.query(
                "SELECT name FROM api_token WHERE token_sha256 = ?", (r, n) -> r.getString(1), sha256(token));
        return names.stream().findFirst();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
