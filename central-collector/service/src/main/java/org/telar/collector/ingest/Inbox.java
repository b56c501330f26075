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

/** The marks of gateways in the database. Locks what it loads until the transaction ends, in one order everywhere. */
final class Inbox {
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

    Inbox(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Map<Source, Mark> lock(Collection<Source> sources, Instant now) {
        List<Source> sorted = new ArrayList<>(new TreeSet<>(sources));
        String keys = "unnest(?::text[], ?::bigint[]) AS k(gateway, epoch)";
        new SetStatement<>(jdbc, sorted)
                .texts(Source::gateway)
                .longs(Source::epoch)
                .longs(s -> now.getEpochSecond())
                .update("INSERT INTO ingest_mark (gateway, epoch, first_seen)"
                        + " SELECT g, e, to_timestamp(t) FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS k(g, e, t)"
                        + " ON CONFLICT DO NOTHING");
        Map<Source, Mark> marks = new HashMap<>();
        new SetStatement<>(jdbc, sorted)
                .texts(Source::gateway)
                .longs(Source::epoch)
                .query(
                        "SELECT m.gateway, m.epoch, m.high_water FROM " + keys
                                + " JOIN ingest_mark m USING (gateway, epoch)"
                                + " ORDER BY m.gateway, m.epoch FOR UPDATE OF m",
                        (r, n) -> new Row(new Source(r.getString(1), r.getLong(2)), r.getLong(3)))
                .forEach(r -> marks.put(
                        r.source(), new Mark(r.source().gateway(), r.source().epoch(), r.number())));
        new SetStatement<>(jdbc, sorted)
                .texts(Source::gateway)
                .longs(Source::epoch)
                .query(
                        "SELECT i.gateway, i.epoch, i.sequence FROM " + keys + " JOIN inbox i USING (gateway, epoch)",
                        (r, n) -> new Row(new Source(r.getString(1), r.getLong(2)), r.getLong(3)))
                .forEach(r -> marks.get(r.source()).load(r.number()));
        return marks;
    }

    void save(Collection<Mark> marks, Instant now) {
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

    /** Epoch of a gateway's store as far as the centre knows, 0 when it never spoke. */
    long newestEpoch(String gateway) {
        Long epoch = jdbc.queryForObject(
                "SELECT coalesce(max(epoch), 0) FROM ingest_mark WHERE gateway = ?", Long.class, gateway);
        return epoch == null ? 0 : epoch;
    }

    static Timestamp timestamp(Instant at) {
        return Timestamp.from(at);
    }
}
