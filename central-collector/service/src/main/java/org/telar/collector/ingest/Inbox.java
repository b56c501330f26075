package org.telar.collector.ingest;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.api.store.Opening;

/** The marks of gateways in the database. Locks what it loads until the transaction ends, in one order everywhere. */
final class Inbox {
    /** Openings of an epoch that are remembered; older ones are too old for a late message. */
    private static final int OPENINGS = 16;

    private final JdbcTemplate jdbc;

    /** One epoch of one gateway. */
    record Source(String gateway, long epoch) implements Comparable<Source> {
        @Override
        public int compareTo(Source o) {
            int byGateway = gateway.compareTo(o.gateway);
            return byGateway != 0 ? byGateway : Long.compare(epoch, o.epoch);
        }
    }

    private record Row(Source source, long number) {}

    private record MarkRow(Source source, long highWater, String refused) {}

    private record OpeningRow(Source source, Opening opening) {}

    /** @param begun epochs that were not known before */
    record Locked(Map<Source, Mark> marks, List<Source> begun) {}

    Inbox(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Locked lock(Collection<Source> sources, Instant now) {
        List<Source> sorted = new ArrayList<>(new TreeSet<>(sources));
        String keys = "unnest(?::text[], ?::bigint[]) AS k(gateway, epoch)";
        List<Source> begun = new SetStatement<>(jdbc, sorted)
                .texts(Source::gateway)
                .longs(Source::epoch)
                .longs(s -> now.getEpochSecond())
                .query(
                        "INSERT INTO ingest_mark (gateway, epoch, first_seen)"
                                + " SELECT g, e, to_timestamp(t)"
                                + " FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS k(g, e, t)"
                                + " ON CONFLICT DO NOTHING RETURNING gateway, epoch",
                        (r, n) -> new Source(r.getString(1), r.getLong(2)));
        Map<Source, Mark> marks = new HashMap<>();
        new SetStatement<>(jdbc, sorted)
                .texts(Source::gateway)
                .longs(Source::epoch)
                .query(
                        "SELECT m.gateway, m.epoch, m.high_water, m.refused FROM " + keys
                                + " JOIN ingest_mark m USING (gateway, epoch)"
                                + " ORDER BY m.gateway, m.epoch FOR UPDATE OF m",
                        (r, n) -> new MarkRow(new Source(r.getString(1), r.getLong(2)), r.getLong(3), r.getString(4)))
                .forEach(r -> {
                    Mark mark = new Mark(r.source().gateway(), r.source().epoch(), r.highWater());
                    mark.loadRefusal(r.refused());
                    marks.put(r.source(), mark);
                });
        new SetStatement<>(jdbc, sorted)
                .texts(Source::gateway)
                .longs(Source::epoch)
                .query(
                        "SELECT o.gateway, o.epoch, o.opening, o.sequence FROM " + keys
                                + " JOIN ingest_opening o USING (gateway, epoch) ORDER BY o.turn",
                        (r, n) -> new OpeningRow(
                                new Source(r.getString(1), r.getLong(2)),
                                new Opening(r.getLong(2), r.getLong(3), r.getLong(4))))
                .forEach(r -> marks.get(r.source()).loadOpening(r.opening()));
        new SetStatement<>(jdbc, sorted)
                .texts(Source::gateway)
                .longs(Source::epoch)
                .query(
                        "SELECT i.gateway, i.epoch, i.sequence FROM " + keys + " JOIN inbox i USING (gateway, epoch)",
                        (r, n) -> new Row(new Source(r.getString(1), r.getLong(2)), r.getLong(3)))
                .forEach(r -> marks.get(r.source()).load(r.number()));
        return new Locked(marks, begun);
    }

    void save(Collection<Mark> marks, Instant now) {
        marks.forEach(m -> saveOpening(m, now));
        List<Mark> moved = marks.stream().filter(Mark::moved).toList();
        new SetStatement<>(jdbc, moved)
                .texts(Mark::gateway)
                .longs(Mark::epoch)
                .longs(Mark::highWater)
                .update("UPDATE ingest_mark m SET high_water = k.h"
                        + " FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS k(g, e, h)"
                        + " WHERE m.gateway = k.g AND m.epoch = k.e");
        new SetStatement<>(jdbc, moved)
                .texts(Mark::gateway)
                .longs(Mark::epoch)
                .longs(Mark::highWater)
                .update("DELETE FROM inbox i USING unnest(?::text[], ?::bigint[], ?::bigint[]) AS k(g, e, h)"
                        + " WHERE i.gateway = k.g AND i.epoch = k.e AND i.sequence <= k.h");
        List<Row> beyond = new ArrayList<>();
        for (Mark m : marks) {
            m.newBeyond().forEach(s -> beyond.add(new Row(new Source(m.gateway(), m.epoch()), s)));
        }
        new SetStatement<>(jdbc, beyond)
                .texts(r -> r.source().gateway())
                .longs(r -> r.source().epoch())
                .longs(Row::number)
                .longs(r -> now.getEpochSecond())
                .update("INSERT INTO inbox (gateway, epoch, sequence, received_at)"
                        + " SELECT g, e, s, to_timestamp(t)"
                        + " FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[]) AS k(g, e, s, t)");
    }

    private void saveOpening(Mark m, Instant now) {
        m.newOpening().ifPresent(o -> {
            jdbc.update(
                    "INSERT INTO ingest_opening (gateway, epoch, opening, sequence, first_seen)"
                            + " VALUES (?, ?, ?, ?, ?)",
                    m.gateway(),
                    m.epoch(),
                    o.id(),
                    o.sequence(),
                    timestamp(now));
            jdbc.update(
                    "DELETE FROM ingest_opening WHERE (gateway, epoch, opening) IN (SELECT gateway, epoch, opening"
                            + " FROM ingest_opening WHERE gateway = ? AND epoch = ? ORDER BY turn DESC OFFSET ?)",
                    m.gateway(),
                    m.epoch(),
                    OPENINGS);
        });
        if (m.isRefusedNow()) {
            jdbc.update(
                    "UPDATE ingest_mark SET refused = ? WHERE gateway = ? AND epoch = ?",
                    m.refusal(),
                    m.gateway(),
                    m.epoch());
        }
    }

    /** The newest epoch of a gateway besides one, 0 when there is none. */
    long otherEpoch(Source source) {
        Long epoch = jdbc.queryForObject(
                "SELECT coalesce(max(epoch), 0) FROM ingest_mark WHERE gateway = ? AND epoch <> ?",
                Long.class,
                source.gateway(),
                source.epoch());
        return epoch == null ? 0 : epoch;
    }

    static Timestamp timestamp(Instant at) {
        return Timestamp.from(at);
    }
}
