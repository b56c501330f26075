package org.telar.collector.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The record of every change: each entry holds the hash of the one before it, so that an edit, a removal or a new order
 * shows (S36, S37). Thread-safe; several collectors may write to one chain.
 */
@Component
public class Audit {
    private static final byte[] START = new byte[32];
    private static final long CHAIN_LOCK = 0x54656c6172417564L;
    private static final int LONGEST_TEXT = 4_000;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    /**
     * One change, or an attempt at one.
     *
     * @param who account or token; empty for nobody
     * @param kind PERSON, PROGRAM or NOBODY
     * @param source address the request came from
     * @param action method and route
     * @param target the path as it was asked for
     * @param result HTTP status
     * @param request what was sent, without secrets
     */
    public record Change(
            String who, String kind, String source, String action, String target, int result, String request) {}

    /** A change in its place of the chain. */
    public record Entry(long seq, Instant at, Change change) {}

    /** @param brokenAt the first entry whose hash does not follow from the one before it */
    public record Check(long entries, String head, Optional<Long> brokenAt) {}

    private record Link(Entry entry, byte[] previous, byte[] hash) {}

    public Audit(JdbcTemplate jdbc, TransactionTemplate transaction, Clock clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
    }

    public void add(Change change) {
        Change bounded = new Change(
                bounded(change.who()),
                change.kind(),
                bounded(change.source()),
                bounded(change.action()),
                bounded(change.target()),
                change.result(),
                bounded(change.request()));
        transaction.executeWithoutResult(t -> {
            jdbc.query("SELECT pg_advisory_xact_lock(?)", r -> {}, CHAIN_LOCK);
            Optional<Link> last = links("ORDER BY seq DESC LIMIT 1").stream().findFirst();
            byte[] previous = last.map(Link::hash).orElse(START);
            Entry entry = new Entry(
                    last.map(l -> l.entry().seq() + 1).orElse(1L),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    bounded);
            jdbc.update(
                    "INSERT INTO audit (seq, at, who, kind, source, action, target, result, request, previous, hash)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    entry.seq(),
                    Timestamp.from(entry.at()),
                    bounded.who(),
                    bounded.kind(),
                    bounded.source(),
                    bounded.action(),
                    bounded.target(),
                    bounded.result(),
                    bounded.request(),
                    previous,
                    hash(previous, entry));
        });
    }

    /** Newest first; an empty name for everybody. */
    public List<Entry> list(String who, Instant from, int limit, long offset) {
        return links(
                        "WHERE (? = '' OR who = ?) AND at >= ? ORDER BY seq DESC LIMIT ? OFFSET ?",
                        who,
                        who,
                        Timestamp.from(from),
                        limit,
                        offset)
                .stream()
                .map(Link::entry)
                .toList();
    }

    /** Oldest first, above a place in the chain. */
    public List<Entry> after(long seq, Instant from, Instant to, int limit) {
        return links(
                        "WHERE seq > ? AND at >= ? AND at < ? ORDER BY seq LIMIT ?",
                        seq,
                        Timestamp.from(from),
                        Timestamp.from(to),
                        limit)
                .stream()
                .map(Link::entry)
                .toList();
    }

    public long count(String who, Instant from) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM audit WHERE (? = '' OR who = ?) AND at >= ?",
                Long.class,
                who,
                who,
                Timestamp.from(from));
        return n == null ? 0 : n;
    }

    /** Goes along the whole chain, a thousand entries at a time. */
    public Check check() {
        byte[] previous = START;
        long seq = 0;
        while (true) {
            List<Link> page = links("WHERE seq > ? ORDER BY seq LIMIT 1000", seq);
            if (page.isEmpty()) {
                return new Check(seq, hex(previous), Optional.empty());
            }
            for (Link link : page) {
                boolean follows = link.entry().seq() == seq + 1
                        && Arrays.equals(link.previous(), previous)
                        && Arrays.equals(link.hash(), hash(previous, link.entry()));
                if (!follows) {
                    return new Check(
                            seq, hex(previous), Optional.of(link.entry().seq()));
                }
                seq++;
                previous = link.hash();
            }
        }
    }

    private List<Link> links(String where, Object... arguments) {
        return jdbc.query(
                "SELECT seq, at, who, kind, source, action, target, result, request, previous, hash FROM audit "
                        + where,
                (r, n) -> link(r),
                arguments);
    }

    private static Link link(ResultSet r) throws SQLException {
        Change change = new Change(
                r.getString(3),
                r.getString(4),
                r.getString(5),
                r.getString(6),
                r.getString(7),
                r.getInt(8),
                r.getString(9));
        return new Link(new Entry(r.getLong(1), r.getTimestamp(2).toInstant(), change), r.getBytes(10), r.getBytes(11));
    }

    /** Each text is preceded by its length: no two entries have the same bytes. */
    private static byte[] hash(byte[] previous, Entry entry) {
        MessageDigest digest = Secrets.digest();
        digest.update(previous);
        Change c = entry.change();
        digest.update(ByteBuffer.allocate(20)
                .putLong(entry.seq())
                .putLong(entry.at().toEpochMilli())
                .putInt(c.result())
                .array());
        for (String text : List.of(c.who(), c.kind(), c.source(), c.action(), c.target(), c.request())) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return digest.digest();
    }

    private static String bounded(String text) {
        String clean = text.replace("\u0000", "");
        return clean.length() > LONGEST_TEXT ? clean.substring(0, LONGEST_TEXT) : clean;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
