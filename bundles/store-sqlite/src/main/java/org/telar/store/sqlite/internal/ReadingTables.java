package org.telar.store.sqlite.internal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

import org.telar.api.model.BlockCodec;
import org.telar.api.model.FormatException;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.store.StoreException;

/** Packed blocks and register sets in their tables. Works inside its caller's transaction. Not thread-safe. */
final class ReadingTables {
    private final Database db;
    private final Names names;
    private final Packing packing;
    private final Damage damage;

    /** Hears of a packed row whose checksum is wrong; the row counts as absent, so the meter is read again. */
    interface Damage {
        /** @param block key of the damaged block, 0 when it is a register set */
        void found(long block, String what);
    }

    /**
     * A known value that was read differently.
     *
     * @param at interval end or stamp of the first
     */
    record Conflict(MeterId meter, String what, int count, Instant at) {}

    ReadingTables(Database db, Packing packing, Damage damage) {
        this.db = db;
        this.names = new Names(db);
        this.packing = packing;
        this.damage = damage;
    }

    void forget() {
        names.forget();
    }

    /** Merges a poll into the rows of its meter. */
    List<Conflict> merge(Poll poll, long sequence) throws SQLException, StoreException {
        List<Conflict> conflicts = new ArrayList<>();
        int meter = names.meterOrNew(poll.meter());
        for (ProfileBlock block : poll.profiles()) {
            int shape = names.shapeOrNew(block);
            for (ProfileBlock piece : Days.split(block)) {
                mergePiece(poll.meter(), meter, shape, piece, sequence).ifPresent(conflicts::add);
            }
        }
        for (RegisterSet set : poll.registers()) {
            mergeRegisters(poll, meter, set, sequence).ifPresent(conflicts::add);
        }
        return conflicts;
    }

    private Optional<Conflict> mergePiece(MeterId id, int meter, int shape, ProfileBlock piece, long sequence)
            throws SQLException {
        long day = Days.dayOf(piece);
        long key = key(day, meter, shape);
        ProfileBlock block = piece;
        Optional<Conflict> conflict = Optional.empty();
        Optional<ProfileBlock> held = block(key);
        if (held.isPresent()) {
            BlockMerge.Merged merged = BlockMerge.merge(held.get(), piece);
            block = merged.block();
            conflict = merged.firstConflict()
                    .map(at -> new Conflict(id, piece.profile().toString(), merged.conflicts(), at));
        }
        PreparedStatement s = db.prepared("INSERT INTO block (id, first_sequence, last_sequence, spans, body)"
                + " VALUES (?1, ?2, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET last_sequence = ?2, spans = ?3,"
                + " body = ?4, first_sequence = CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE sequence"
                + " BETWEEN first_sequence AND last_sequence) THEN first_sequence ELSE ?2 END");
        s.setLong(1, key);
        s.setLong(2, sequence);
        s.setBytes(3, Spans.of(block, day, names.shape(shape).phase()));
        s.setBytes(4, packing.pack(BlockCodec.encode(block)));
        s.executeUpdate();
        return conflict;
    }

    private Optional<ProfileBlock> block(long key) throws SQLException {
        PreparedStatement s = db.prepared("SELECT body FROM block WHERE id = ?");
        s.setLong(1, key);
        try (ResultSet r = s.executeQuery()) {
            return r.next() ? decode(r.getBytes(1), key) : Optional.empty();
        }
    }

    private Optional<ProfileBlock> decode(byte[] body, long key) {
        try {
            return Optional.of(BlockCodec.decode(packing.unpack(body)));
        } catch (FormatException e) {
            damage.found(
                    key,
                    "block of " + Instant.ofEpochSecond((key >> 40) * Days.SECONDS) + ", row " + key + ": "
                            + e.getMessage());
            return Optional.empty();
        }
    }

    /** Deletes a block whose content is not what was written. */
    int dropIfDamaged(long key) throws SQLException {
        PreparedStatement s = db.prepared("SELECT body FROM block WHERE id = ?");
        s.setLong(1, key);
        try (ResultSet r = s.executeQuery()) {
            if (!r.next()) {
                return 0;
            }
            BlockCodec.decode(packing.unpack(r.getBytes(1)));
            return 0;
        } catch (FormatException damaged) {
            PreparedStatement delete = db.prepared("DELETE FROM block WHERE id = ?");
            delete.setLong(1, key);
            return delete.executeUpdate();
        }
    }

    private Optional<Conflict> mergeRegisters(Poll poll, int meter, RegisterSet set, long sequence)
            throws SQLException {
        Optional<RegisterSet> held = registers(meter, set);
        if (held.isPresent() && held.get().equals(set)) {
            return Optional.empty();
        }
        PreparedStatement s = db.prepared("INSERT OR REPLACE INTO registers"
                + " (meter, stamp, kind, source, first_sequence, last_sequence, body) VALUES (?, ?, ?, ?, ?, ?, ?)");
        s.setInt(1, meter);
        s.setLong(2, set.stamp().getEpochSecond());
        s.setInt(3, set.kind().code());
        s.setLong(4, number(set.source()));
        s.setLong(5, sequence);
        s.setLong(6, sequence);
        s.setBytes(7, packing.pack(PollCodec.encode(alone(poll.meter(), set))));
        s.executeUpdate();
        return held.map(h -> new Conflict(poll.meter(), set.source().toString(), 1, set.stamp()));
    }

    private Optional<RegisterSet> registers(int meter, RegisterSet like) throws SQLException {
        PreparedStatement s =
                db.prepared("SELECT body FROM registers WHERE meter = ? AND stamp = ? AND kind = ? AND source = ?");
        s.setInt(1, meter);
        s.setLong(2, like.stamp().getEpochSecond());
        s.setInt(3, like.kind().code());
        s.setLong(4, number(like.source()));
        try (ResultSet r = s.executeQuery()) {
            return r.next() ? decodeSet(r.getBytes(1)) : Optional.empty();
        }
    }

    private Optional<RegisterSet> decodeSet(byte[] body) {
        try {
            return PollCodec.decode(packing.unpack(body)).registers().stream().findFirst();
        } catch (FormatException e) {
            damage.found(0, "register set: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Poll alone(MeterId meter, RegisterSet set) {
        return new Poll(meter, set.stamp(), "", Optional.empty(), Optional.empty(), List.of(), List.of(set), List.of());
    }

    BitSet known(MeterId meter, Obis profile, Instant firstEnd, Duration period, int slots) throws SQLException {
        BitSet known = new BitSet(slots);
        OptionalInt id = names.meter(meter);
        if (id.isEmpty() || slots == 0) {
            return known;
        }
        int seconds = Math.toIntExact(period.toSeconds());
        int phase = (int) Math.floorMod(firstEnd.getEpochSecond(), (long) seconds);
        Instant lastEnd = firstEnd.plus(period.multipliedBy(slots - 1L));
        for (long day = Days.dayOf(firstEnd); day <= Days.dayOf(lastEnd); day++) {
            PreparedStatement s = db.prepared("SELECT id, spans FROM block WHERE id BETWEEN ? AND ?");
            s.setLong(1, key(day, id.getAsInt(), 0));
            s.setLong(2, key(day, id.getAsInt(), 0xFFFF));
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    Names.Shape shape = names.shape((int) (r.getLong(1) & 0xFFFF));
                    if (shape.profile().equals(profile) && shape.period() == seconds && shape.phase() == phase) {
                        Spans.mark(r.getBytes(2), day, seconds, phase, firstEnd.getEpochSecond(), slots, known);
                    }
                }
            }
        }
        return known;
    }

    List<ProfileBlock> profile(MeterId meter, Obis profile, TimeRange range) throws SQLException {
        return profiles(meter, profile::equals, range);
    }

    List<ProfileBlock> profiles(MeterId meter, Predicate<Obis> wanted, TimeRange range) throws SQLException {
        List<ProfileBlock> blocks = new ArrayList<>();
        OptionalInt id = names.meter(meter);
        if (id.isEmpty()) {
            return blocks;
        }
        long first = Math.max(Days.dayOf(range.from().plusSeconds(1)), oldestDay());
        long last = Math.min(Days.dayOf(range.to()), newestDay());
        for (long day = first; day <= last; day++) {
            List<ProfileBlock> ofDay = new ArrayList<>();
            PreparedStatement s = db.prepared("SELECT id, body FROM block WHERE id BETWEEN ? AND ?");
            s.setLong(1, key(day, id.getAsInt(), 0));
            s.setLong(2, key(day, id.getAsInt(), 0xFFFF));
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    if (wanted.test(names.shape((int) (r.getLong(1) & 0xFFFF)).profile())) {
                        decode(r.getBytes(2), r.getLong(1))
                                .map(b -> Days.within(b, range))
                                .filter(b -> !Days.isEmpty(b))
                                .ifPresent(ofDay::add);
                    }
                }
            }
            ofDay.sort(Comparator.comparing(ProfileBlock::firstEnd));
            blocks.addAll(ofDay);
        }
        return blocks;
    }

    /** Every meter that was ever stored, by number. */
    List<MeterId> meters() throws SQLException {
        List<MeterId> meters = new ArrayList<>();
        try (ResultSet r =
                db.prepared("SELECT number FROM meter ORDER BY number").executeQuery()) {
            while (r.next()) {
                meters.add(new MeterId(r.getString(1)));
            }
        }
        return meters;
    }

    SortedSet<Instant> closings(MeterId meter, TimeRange range) throws SQLException {
        SortedSet<Instant> stamps = new TreeSet<>();
        OptionalInt id = names.meter(meter);
        if (id.isEmpty()) {
            return stamps;
        }
        PreparedStatement s =
                db.prepared("SELECT stamp FROM registers WHERE meter = ? AND stamp > ? AND stamp <= ? AND kind = ?");
        s.setInt(1, id.getAsInt());
        s.setLong(2, range.from().getEpochSecond());
        s.setLong(3, range.to().getEpochSecond());
        s.setInt(4, RegisterKind.DAILY.code());
        try (ResultSet r = s.executeQuery()) {
            while (r.next()) {
                stamps.add(Instant.ofEpochSecond(r.getLong(1)));
            }
        }
        return stamps;
    }

    List<RegisterSet> registers(MeterId meter, TimeRange range) throws SQLException {
        List<RegisterSet> sets = new ArrayList<>();
        OptionalInt id = names.meter(meter);
        if (id.isEmpty()) {
            return sets;
        }
        PreparedStatement s = db.prepared("SELECT body FROM registers WHERE meter = ? AND stamp > ? AND stamp <= ?"
                + " ORDER BY stamp, kind, source");
        s.setInt(1, id.getAsInt());
        s.setLong(2, range.from().getEpochSecond());
        s.setLong(3, range.to().getEpochSecond());
        try (ResultSet r = s.executeQuery()) {
            while (r.next()) {
                decodeSet(r.getBytes(1)).ifPresent(sets::add);
            }
        }
        return sets;
    }

    /** Newest UTC day that holds a block; very early when there is none. */
    long newestDay() throws SQLException {
        return db.number("SELECT max(id) FROM block") >> 40;
    }

    long oldestDay() throws SQLException {
        return db.number("SELECT min(id) FROM block") >> 40;
    }

    /** Key of the first block of a day. */
    static long firstKey(long day) {
        return key(day, 0, 0);
    }

    private static long key(long day, int meter, int shape) {
        return day << 40 | (long) meter << 16 | shape;
    }

    private static long number(Obis source) {
        long n = 0;
        for (byte b : source.bytes()) {
            n = n << 8 | b & 0xFF;
        }
        return n;
    }
}
