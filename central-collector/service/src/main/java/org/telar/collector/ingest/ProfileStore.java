package org.telar.collector.ingest;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;

/**
 * Load profiles of one transaction: blocks are cut into local days, the rows they touch are loaded in one statement,
 * merged in memory, and written back in one. Callers hold the meters' locks. Not thread-safe; one a transaction.
 */
final class ProfileStore {
    /** A poll that touches more days than this is no reading of a meter: four years. */
    static final int MAX_DAYS = 1500;

    /** Shorter capture periods would make a day that no decoder takes. */
    static final int MIN_PERIOD_SECONDS = 10;

    private final JdbcTemplate jdbc;
    private final Shapes shapes;
    private final Map<DayBlock.Key, DayBlock> days = new LinkedHashMap<>();
    private final Map<DayAndMeter, List<DayBlock>> byDay = new HashMap<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final List<OffGrid> offGrid = new ArrayList<>();

    private record DayAndMeter(LocalDate day, int meterId) {}

    /** A received block, cut: the day of each slot that says something. */
    private record Piece(KnownMeter meter, int shapeId, Shape shape, Fresh fresh, long readAt, LocalDay[] dayOfSlot) {}

    private record OffGrid(int meterId, int shapeId, OffGridRow row, long readAt, Fresh fresh) {
        long hash() {
            return 31L * Arrays.hashCode(row.values()) + row.status();
        }
    }

    private record OffGridKey(int meterId, int shapeId, Instant at, long hash) {}

    ProfileStore(JdbcTemplate jdbc, Shapes shapes) {
        this.jdbc = jdbc;
        this.shapes = shapes;
    }

    /** Why a block cannot be stored, or empty: checked before anything of its poll is taken. */
    static String refusal(ProfileBlock block) {
        if (block.period().toSeconds() < MIN_PERIOD_SECONDS) {
            return "capture period of " + block.period().toSeconds() + " s, at least " + MIN_PERIOD_SECONDS
                    + " expected";
        }
        if (block.columns().isEmpty()) {
            return "profile without channels";
        }
        long seconds = block.period().toSeconds() * block.slots();
        if (seconds > MAX_DAYS * 86_400L) {
            return "profile over " + seconds / 86_400 + " days, at most " + MAX_DAYS + " expected";
        }
        return "";
    }

    /** Takes a block; {@link #write} stores it. */
    Fresh add(KnownMeter meter, ProfileBlock block, long readAt) {
        Shape shape = Shape.of(block);
        Fresh fresh = new Fresh(block);
        LocalDay[] dayOfSlot = new LocalDay[block.slots()];
        LocalDay day = null;
        for (int i = 0; i < dayOfSlot.length; i++) {
            if (block.status()[i] == ProfileBlock.NOT_READ) {
                continue;
            }
            Instant end = block.endOf(i);
            if (day == null || day.slotOf(end, block.period()) < 0 || day.slotOf(end, block.period()) >= day.slots()) {
                day = LocalDay.of(end, block.period(), meter.zone());
            }
            dayOfSlot[i] = day;
        }
        int shapeId = shapes.idOf(shape);
        pieces.add(new Piece(meter, shapeId, shape, fresh, readAt, dayOfSlot));
        for (OffGridRow row : block.offGrid()) {
            offGrid.add(new OffGrid(meter.id(), shapeId, row, readAt, fresh));
        }
        return fresh;
    }

    /** Merges and writes everything taken; what was overruled goes to the list. */
    void write(Instant now, List<Overruled> overruled) {
        load();
        for (Piece p : pieces) {
            merge(p, overruled);
        }
        upsert(now);
        writeOffGrid();
    }

    private void merge(Piece p, List<Overruled> overruled) {
        DayBlock current = null;
        for (int i = 0; i < p.dayOfSlot().length; i++) {
            LocalDay day = p.dayOfSlot()[i];
            if (day == null) {
                continue;
            }
            if (current == null || !current.key().day().equals(day.date())) {
                current = dayBlock(p, day);
            }
            current.merge(p.fresh(), i, p.readAt(), overruled::add);
            for (DayBlock other :
                    byDay.get(new DayAndMeter(day.date(), p.meter().id()))) {
                if (other != current
                        && other.shape().profile().equals(p.shape().profile())
                        && other.covers(p.fresh().block().endOf(i))
                        && other.shape().period().equals(p.shape().period())
                        && other.shape().phase() == p.shape().phase()) {
                    other.dropKnown(p.fresh(), i);
                }
            }
        }
    }

    private DayBlock dayBlock(Piece p, LocalDay day) {
        DayBlock.Key key = new DayBlock.Key(day.date(), p.meter().id(), p.shapeId());
        DayBlock block = days.get(key);
        if (block == null) {
            block = DayBlock.empty(key, p.shape(), day);
            register(block);
        }
        return block;
    }

    private void register(DayBlock block) {
        days.put(block.key(), block);
        byDay.computeIfAbsent(new DayAndMeter(block.key().day(), block.key().meterId()), k -> new ArrayList<>())
                .add(block);
    }

    private void load() {
        Map<DayAndMeter, Piece> wanted = new LinkedHashMap<>();
        for (Piece p : pieces) {
            for (LocalDay day : p.dayOfSlot()) {
                if (day != null) {
                    wanted.putIfAbsent(new DayAndMeter(day.date(), p.meter().id()), p);
                }
            }
        }
        List<DayAndMeter> keys = new ArrayList<>(wanted.keySet());
        record Stored(LocalDate day, int meter, int shape, byte[] block, byte[] readTimes, int rev) {}
        List<Stored> stored = new SetStatement<>(jdbc, keys)
                .ints(k -> (int) k.day().toEpochDay())
                .ints(DayAndMeter::meterId)
                .query(
                        "SELECT l.day - DATE '1970-01-01', l.meter_id, l.shape_id, l.block, l.read_times, l.rev"
                                + " FROM unnest(?::int[], ?::int[]) AS k(d, m)"
                                + " JOIN lp_day l ON l.day = DATE '1970-01-01' + k.d AND l.meter_id = k.m",
                        (r, n) -> new Stored(
                                LocalDate.ofEpochDay(r.getInt(1)),
                                r.getInt(2),
                                r.getInt(3),
                                r.getBytes(4),
                                r.getBytes(5),
                                r.getInt(6)));
        for (Stored s : stored) {
            Piece p = wanted.get(new DayAndMeter(s.day(), s.meter()));
            Shape shape = shapes.byId(s.shape());
            LocalDay day = LocalDay.on(
                    s.day(), shape.period(), shape.phase(), p.meter().zone());
            register(DayBlock.stored(
                    new DayBlock.Key(s.day(), s.meter(), s.shape()), shape, day, s.block(), s.readTimes(), s.rev()));
        }
    }

    private void upsert(Instant now) {
        List<DayBlock> dirty = days.values().stream()
                .filter(DayBlock::dirty)
                .sorted((a, b) -> compare(a.key(), b.key()))
                .toList();
        new SetStatement<>(jdbc, dirty)
                .ints(b -> (int) b.key().day().toEpochDay())
                .ints(b -> b.key().meterId())
                .ints(b -> b.key().shapeId())
                .bytes(DayBlock::encoded)
                .bytes(DayBlock::readTimes)
                .ints(DayBlock::present)
                .ints(DayBlock::missing)
                .ints(DayBlock::expected)
                .ints(DayBlock::revision)
                .seconds(b -> now)
                .update("INSERT INTO lp_day AS l (day, meter_id, shape_id, block, read_times, n_present, n_missing,"
                        + " n_expected, rev, updated_at)"
                        + " SELECT DATE '1970-01-01' + d, m, s, b, r, p, x, e, v, to_timestamp(t) FROM unnest(?::int[],"
                        + " ?::int[], ?::int[], ?::bytea[], ?::bytea[], ?::int[], ?::int[], ?::int[], ?::int[],"
                        + " ?::bigint[]) AS k(d, m, s, b, r, p, x, e, v, t)"
                        + " ON CONFLICT (day, meter_id, shape_id) DO UPDATE SET block = EXCLUDED.block,"
                        + " read_times = EXCLUDED.read_times, n_present = EXCLUDED.n_present,"
                        + " n_missing = EXCLUDED.n_missing, n_expected = EXCLUDED.n_expected, rev = EXCLUDED.rev,"
                        + " updated_at = EXCLUDED.updated_at");
    }

    private static int compare(DayBlock.Key a, DayBlock.Key b) {
        int c = a.day().compareTo(b.day());
        c = c != 0 ? c : Integer.compare(a.meterId(), b.meterId());
        return c != 0 ? c : Integer.compare(a.shapeId(), b.shapeId());
    }

    private void writeOffGrid() {
        Map<OffGridKey, OffGrid> rows = new LinkedHashMap<>();
        for (OffGrid o : offGrid) {
            OffGridKey key = new OffGridKey(o.meterId(), o.shapeId(), o.row().at(), o.hash());
            if (rows.putIfAbsent(key, o) != null) {
                o.fresh().known(o.row().values().length);
            }
        }
        Set<OffGridKey> inserted = new HashSet<>(new SetStatement<>(jdbc, new ArrayList<>(rows.entrySet()))
                .ints(e -> e.getKey().meterId())
                .ints(e -> e.getKey().shapeId())
                .seconds(e -> e.getKey().at())
                .longs(e -> e.getKey().hash())
                .ints(e -> e.getValue().row().status())
                .texts(e -> cells(e.getValue().row().values()))
                .longs(e -> e.getValue().readAt())
                .query(
                        "INSERT INTO lp_exception (meter_id, shape_id, at, row_hash, status, cells, read_at)"
                                + " SELECT m, s, to_timestamp(t), h, st, v::bigint[], to_timestamp(r)"
                                + " FROM unnest(?::int[], ?::int[], ?::bigint[], ?::bigint[], ?::int[], ?::text[],"
                                + " ?::bigint[]) AS k(m, s, t, h, st, v, r) ON CONFLICT DO NOTHING"
                                + " RETURNING meter_id, shape_id, extract(epoch FROM at)::bigint, row_hash",
                        (r, n) -> new OffGridKey(
                                r.getInt(1), r.getInt(2), Instant.ofEpochSecond(r.getLong(3)), r.getLong(4))));
        rows.forEach((key, o) -> {
            if (inserted.contains(key)) {
                o.fresh().offGrid(o.row());
            } else {
                o.fresh().known(o.row().values().length);
            }
        });
    }

    /** An array literal, NULL where there is no value. */
    static String cells(long[] values) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : ",").append(values[i] == Column.ABSENT ? "NULL" : Long.toString(values[i]));
        }
        return text.append('}').toString();
    }
}
