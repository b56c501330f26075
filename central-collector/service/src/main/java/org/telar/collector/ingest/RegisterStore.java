package org.telar.collector.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;

/**
 * Closings and registers of one transaction, by the same rules as profiles (D21). Callers hold the meters' locks. Not
 * thread-safe; one a transaction.
 */
final class RegisterStore {
    private final JdbcTemplate jdbc;
    private final RegisterTypes types;
    private final List<Item> items = new ArrayList<>();
    private final Map<Key, Held> held = new LinkedHashMap<>();

    private record Key(Instant stamp, int meterId, int kind, String source, int typeId) {}

    private record Item(Key key, RegisterSet set, RegisterValue value, long readAt, FreshSet fresh) {}

    private static final class Held {
        private long value;
        private Instant occurredAt;
        private int status;
        private long readAt;
        private int rev;
        private boolean dirty;
    }

    /** New registers of one set. */
    static final class FreshSet {
        private final RegisterSet set;
        private final List<RegisterValue> values = new ArrayList<>();

        FreshSet(RegisterSet set) {
            this.set = set;
        }

        Optional<RegisterSet> onlyNew() {
            return values.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new RegisterSet(set.kind(), set.source(), set.stamp(), set.status(), values));
        }

        int newValues() {
            return values.size();
        }

        int knownValues() {
            return set.values().size() - values.size();
        }
    }

    RegisterStore(JdbcTemplate jdbc, RegisterTypes types) {
        this.jdbc = jdbc;
        this.types = types;
    }

    FreshSet add(KnownMeter meter, RegisterSet set, long readAt) {
        FreshSet fresh = new FreshSet(set);
        for (RegisterValue v : set.values()) {
            Key key = new Key(
                    set.stamp(),
                    meter.id(),
                    set.kind().code(),
                    set.source().toString(),
                    types.idOf(v.register(), v.unit()));
            items.add(new Item(key, set, v, readAt, fresh));
        }
        return fresh;
    }

    void write(Instant now, List<Overruled> overruled) {
        load();
        for (Item item : items) {
            merge(item, overruled);
        }
        List<Map.Entry<Key, Held>> dirty =
                held.entrySet().stream().filter(e -> e.getValue().dirty).toList();
        new SetStatement<>(jdbc, dirty)
                .seconds(e -> e.getKey().stamp())
                .ints(e -> e.getKey().meterId())
                .ints(e -> e.getKey().kind())
                .texts(e -> e.getKey().source())
                .ints(e -> e.getKey().typeId())
                .longs(e -> e.getValue().value)
                .seconds(e -> e.getValue().occurredAt)
                .ints(e -> e.getValue().status)
                .longs(e -> e.getValue().readAt)
                .ints(e -> e.getValue().rev)
                .update(
                        "INSERT INTO register_reading (stamp, meter_id, kind, source, type_id, value, occurred_at, status,"
                                + " read_at, rev)"
                                + " SELECT to_timestamp(t), m, kd, s, ty, v, to_timestamp(o), st, to_timestamp(r), rv"
                                + " FROM unnest(?::bigint[], ?::int[], ?::int[], ?::text[], ?::int[], ?::bigint[], ?::bigint[],"
                                + " ?::int[], ?::bigint[], ?::int[]) AS k(t, m, kd, s, ty, v, o, st, r, rv)"
                                + " ON CONFLICT (stamp, meter_id, kind, source, type_id) DO UPDATE SET value = EXCLUDED.value,"
                                + " occurred_at = EXCLUDED.occurred_at, status = EXCLUDED.status, read_at = EXCLUDED.read_at,"
                                + " rev = EXCLUDED.rev");
    }

    private void merge(Item item, List<Overruled> overruled) {
        Held h = held.get(item.key());
        Instant occurred = item.value().occurredAt().orElse(null);
        if (h == null) {
            h = new Held();
            held.put(item.key(), h);
            item.fresh().values.add(item.value());
            set(h, item, occurred);
            return;
        }
        int difference = compare(item, occurred, h);
        if (difference == 0) {
            if (item.readAt() > h.readAt) {
                h.readAt = item.readAt();
                h.dirty = true;
            }
            return;
        }
        boolean wins = item.readAt() > h.readAt || item.readAt() == h.readAt && difference > 0;
        overruled.add(new Overruled(
                item.key().meterId(),
                item.value().register().toString(),
                item.key().stamp(),
                wins ? h.status : item.set().status(),
                new long[] {wins ? h.value : item.value().value()},
                wins ? h.readAt : item.readAt(),
                wins ? Overruled.BY_LATER : Overruled.ARRIVED_LATE));
        if (wins) {
            item.fresh().values.add(item.value());
            h.rev++;
            set(h, item, occurred);
        }
    }

    private static void set(Held h, Item item, Instant occurred) {
        h.value = item.value().value();
        h.occurredAt = occurred;
        h.status = item.set().status();
        h.readAt = item.readAt();
        h.dirty = true;
    }

    private static int compare(Item item, Instant occurred, Held h) {
        if (item.value().value() != h.value) {
            return Long.compare(item.value().value(), h.value);
        }
        if (!Objects.equals(occurred, h.occurredAt)) {
            return h.occurredAt == null || occurred != null && occurred.isAfter(h.occurredAt) ? 1 : -1;
        }
        return Integer.compare(item.set().status(), h.status);
    }

    private void load() {
        Map<Key, Boolean> wanted = new HashMap<>();
        items.forEach(i -> wanted.put(i.key(), true));
        record Row(Key key, Held held) {}
        List<Row> rows = new SetStatement<>(jdbc, new ArrayList<>(wanted.keySet()))
                .seconds(Key::stamp)
                .ints(Key::meterId)
                .ints(Key::kind)
                .texts(Key::source)
                .ints(Key::typeId)
                .query(
                        "SELECT extract(epoch FROM r.stamp)::bigint, r.meter_id, r.kind, r.source, r.type_id, r.value,"
                                + " extract(epoch FROM r.occurred_at)::bigint, r.status,"
                                + " extract(epoch FROM r.read_at)::bigint, r.rev"
                                + " FROM unnest(?::bigint[], ?::int[], ?::int[], ?::text[], ?::int[]) AS k(t, m, kd, s, ty)"
                                + " JOIN register_reading r ON r.stamp = to_timestamp(k.t) AND r.meter_id = k.m"
                                + " AND r.kind = k.kd AND r.source = k.s AND r.type_id = k.ty",
                        (r, n) -> {
                            Key key = new Key(
                                    Instant.ofEpochSecond(r.getLong(1)),
                                    r.getInt(2),
                                    r.getInt(3),
                                    r.getString(4),
                                    r.getInt(5));
                            Held h = new Held();
                            h.value = r.getLong(6);
                            long occurred = r.getLong(7);
                            h.occurredAt = r.wasNull() ? null : Instant.ofEpochSecond(occurred);
                            h.status = r.getInt(8);
                            h.readAt = r.getLong(9);
                            h.rev = r.getInt(10);
                            return new Row(key, h);
                        });
        rows.forEach(r -> held.put(r.key(), r.held()));
    }
}
