package org.telar.collector.integration.loader;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Register readings by the upsert rule of {@link Merge}, set by set. Not thread-safe. */
final class RegisterStore {
    private final Connection db;
    private final Dictionary ids;
    private final History history;
    private final Tally tally;
    private final long fileId;
    private final Instant now;
    private final TreeMap<Key, Value> pending = new TreeMap<>();

    /** @param at stamp, UTC second */
    record Key(long at, int meter, short type, String kind) implements Comparable<Key> {
        private static final Comparator<Key> ORDER = Comparator.comparingLong(Key::at)
                .thenComparingInt(Key::meter)
                .thenComparingInt(Key::type)
                .thenComparing(Key::kind);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** @param occurredAt UTC second, {@link Slots#ABSENT} if there is none */
    record Value(BigDecimal value, long occurredAt, short quality, long readAt) {
        boolean same(Value o) {
            return value.compareTo(o.value) == 0 && occurredAt == o.occurredAt && quality == o.quality;
        }
    }

    RegisterStore(Connection db, Dictionary ids, History history, Tally tally, long fileId, Instant now) {
        this.db = db;
        this.ids = ids;
        this.history = history;
        this.tally = tally;
        this.fileId = fileId;
        this.now = now;
    }

    int pending() {
        return pending.size();
    }

    void add(Key key, Value value) {
        Value before = pending.get(key);
        if (before == null) {
            pending.put(key, value);
        } else if (before.same(value)) {
            tally.duplicates++;
        } else {
            pending.put(key, winner(key, before, value));
        }
    }

    void flush() throws SQLException {
        if (pending.isEmpty()) {
            return;
        }
        Set<Key> fresh = insert();
        tally.loaded += fresh.size();
        for (Map.Entry<Key, Value> e : pending.entrySet()) {
            if (!fresh.contains(e.getKey())) {
                merge(e.getKey(), e.getValue());
            }
        }
        pending.clear();
    }

    /** The loser goes to the history. */
    private Value winner(Key key, Value held, Value incoming) {
        int order = ids.rank(incoming.quality) - ids.rank(held.quality);
        boolean wins = order > 0 || order == 0 && incoming.readAt > held.readAt;
        Value loser = wins ? held : incoming;
        history.add(new History.Entry(
                key.meter,
                key.type,
                key.at,
                key.kind,
                loser.value,
                loser.occurredAt,
                loser.quality,
                loser.readAt,
                wins));
        tally.conflicts++;
        return wins ? incoming : held;
    }

    private Set<Key> insert() throws SQLException {
        List<Map.Entry<Key, Value>> rows = new ArrayList<>(pending.entrySet());
        Set<Key> fresh = new HashSet<>();
        try (PreparedStatement insert = db.prepareStatement(
                "INSERT INTO register_reading (read_ts, meter_id, rt_id, kind, value, occurred_at, q_id, read_at,"
                        + " file_id, loaded_at) SELECT to_timestamp(r.at), r.meter, r.rt, r.kind, r.value,"
                        + " to_timestamp(r.occurred), r.q, to_timestamp(r.read_at), ?, ? FROM unnest(?::bigint[],"
                        + " ?::int[], ?::smallint[], ?::text[], ?::numeric[], ?::bigint[], ?::smallint[], ?::bigint[])"
                        + " AS r(at, meter, rt, kind, value, occurred, q, read_at) ON CONFLICT DO NOTHING"
                        + " RETURNING extract(epoch FROM read_ts)::bigint, meter_id, rt_id, kind")) {
            insert.setLong(1, fileId);
            insert.setTimestamp(2, Timestamp.from(now));
            insert.setArray(3, array("int8", rows.stream().map(r -> r.getKey().at())));
            insert.setArray(4, array("int4", rows.stream().map(r -> r.getKey().meter())));
            insert.setArray(5, array("int2", rows.stream().map(r -> r.getKey().type())));
            insert.setArray(6, array("text", rows.stream().map(r -> r.getKey().kind())));
            insert.setArray(
                    7, array("numeric", rows.stream().map(r -> r.getValue().value())));
            insert.setArray(
                    8,
                    array(
                            "int8",
                            rows.stream()
                                    .map(r -> r.getValue().occurredAt() == Slots.ABSENT
                                            ? null
                                            : (Object) r.getValue().occurredAt())));
            insert.setArray(9, array("int2", rows.stream().map(r -> r.getValue().quality())));
            insert.setArray(
                    10, array("int8", rows.stream().map(r -> r.getValue().readAt())));
            try (ResultSet row = insert.executeQuery()) {
                while (row.next()) {
                    fresh.add(new Key(row.getLong(1), row.getInt(2), row.getShort(3), row.getString(4)));
                }
            }
        }
        return fresh;
    }

    private Array array(String type, java.util.stream.Stream<?> values) throws SQLException {
        return db.createArrayOf(type, values.toArray());
    }

    private void merge(Key key, Value incoming) throws SQLException {
        try (PreparedStatement query =
                db.prepareStatement("SELECT value, extract(epoch FROM occurred_at)::bigint, q_id,"
                        + " extract(epoch FROM read_at)::bigint FROM register_reading"
                        + " WHERE read_ts = ? AND meter_id = ? AND rt_id = ? AND kind = ? FOR UPDATE")) {
            key(query, 1, key);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                Value held = new Value(row.getBigDecimal(1), occurredAt(row), row.getShort(3), row.getLong(4));
                if (held.same(incoming)) {
                    tally.duplicates++;
                } else if (winner(key, held, incoming) == incoming) {
                    replace(key, incoming);
                } else {
                    revise(key);
                }
            }
        }
    }

    private static long occurredAt(ResultSet row) throws SQLException {
        long occurred = row.getLong(2);
        return row.wasNull() ? Slots.ABSENT : occurred;
    }

    private void replace(Key key, Value v) throws SQLException {
        try (PreparedStatement update = db.prepareStatement(
                "UPDATE register_reading SET value = ?, occurred_at = ?, q_id = ?, read_at = ?, rev = rev + 1,"
                        + " file_id = ?, loaded_at = ? WHERE read_ts = ? AND meter_id = ? AND rt_id = ? AND kind = ?")) {
            update.setBigDecimal(1, v.value());
            update.setTimestamp(2, v.occurredAt() == Slots.ABSENT ? null : History.time(v.occurredAt()));
            update.setShort(3, v.quality());
            update.setTimestamp(4, History.time(v.readAt()));
            update.setLong(5, fileId);
            update.setTimestamp(6, Timestamp.from(now));
            key(update, 7, key);
            update.executeUpdate();
        }
    }

    private void revise(Key key) throws SQLException {
        try (PreparedStatement update = db.prepareStatement("UPDATE register_reading SET rev = rev + 1"
                + " WHERE read_ts = ? AND meter_id = ? AND rt_id = ? AND kind = ?")) {
            key(update, 1, key);
            update.executeUpdate();
        }
    }

    private static void key(PreparedStatement s, int at, Key key) throws SQLException {
        s.setTimestamp(at, History.time(key.at()));
        s.setInt(at + 1, key.meter());
        s.setShort(at + 2, key.type());
        s.setString(at + 3, key.kind());
    }
}
