package org.telar.collector.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import org.telar.api.model.BlockCodec;
import org.telar.api.model.Column;
import org.telar.api.model.FormatException;
import org.telar.api.model.ProfileBlock;

/**
 * One meter's local day of one shape while rows are merged into it. The rules (D21, upsert rule of the data design): an
 * absent row is taken; an equal one changes nothing; of two different ones the later read wins whatever the order of
 * arrival, at equal times the greater; a missing value never overwrites a value. Not thread-safe.
 */
final class DayBlock {
    private final Key key;
    private final Shape shape;
    private final int expected;
    private Instant firstEnd;
    private int[] status;
    private long[][] values;
    private long[] readAt;
    private int revision;
    private boolean dirty;
    private boolean changed;

    record Key(LocalDate day, int meterId, int shapeId) {}

    private DayBlock(Key key, Shape shape, Instant firstEnd, int slots, int expected) {
        this.key = key;
        this.shape = shape;
        this.firstEnd = firstEnd;
        this.expected = expected;
        this.status = new int[slots];
        Arrays.fill(status, ProfileBlock.NOT_READ);
        this.values = new long[shape.channels().size()][slots];
        for (long[] v : values) {
            Arrays.fill(v, Column.ABSENT);
        }
        this.readAt = new long[slots];
    }

    static DayBlock empty(Key key, Shape shape, LocalDay day) {
        return new DayBlock(key, shape, day.firstEnd(), day.slots(), day.slots());
    }

    /** A stored row. Its grid may differ from the day's when the meter's zone was changed; both fit then. */
    static DayBlock stored(Key key, Shape shape, LocalDay day, byte[] block, byte[] readTimes, int revision) {
        ProfileBlock old;
        try {
            old = BlockCodec.decode(block);
        } catch (FormatException e) {
            throw new IllegalStateException("damaged block of meter " + key.meterId() + " on " + key.day(), e);
        }
        Instant first = old.firstEnd().isBefore(day.firstEnd()) ? old.firstEnd() : day.firstEnd();
        Duration period = shape.period();
        Instant oldLast = old.endOf(old.slots() - 1);
        Instant dayLast = day.firstEnd().plus(period.multipliedBy(day.slots() - 1L));
        Instant last = oldLast.isAfter(dayLast) ? oldLast : dayLast;
        int slots = (int) (Duration.between(first, last).toSeconds() / period.toSeconds()) + 1;
        DayBlock b = new DayBlock(key, shape, first, slots, day.slots());
        b.revision = revision;
        int offset = b.slotOf(old.firstEnd());
        long[] times = ReadTimes.decode(readTimes, old.slots());
        System.arraycopy(old.status(), 0, b.status, offset, old.slots());
        System.arraycopy(times, 0, b.readAt, offset, old.slots());
        for (int c = 0; c < b.values.length; c++) {
            System.arraycopy(old.columns().get(c).values(), 0, b.values[c], offset, old.slots());
        }
        return b;
    }

    Key key() {
        return key;
    }

    Shape shape() {
        return shape;
    }

    /** Merges one slot of a received block and notes in {@code fresh} what it brought. */
    void merge(Fresh fresh, int slot, long at, Consumer<Overruled> overruled) {
        ProfileBlock in = fresh.block();
        int d = slotOf(in.endOf(slot));
        int incoming = in.status()[slot];
        if (incoming == ProfileBlock.NOT_READ) {
            return;
        }
        if (incoming == ProfileBlock.MISSING) {
            if (status[d] == ProfileBlock.NOT_READ) {
                status[d] = ProfileBlock.MISSING;
                readAt[d] = at;
                dirty = true;
                fresh.missing(slot);
            }
            return;
        }
        if (status[d] < 0) {
            take(fresh, slot, d, at, true);
            return;
        }
        int difference = compare(in, slot, d);
        if (difference == 0) {
            fill(fresh, slot, d, at);
            return;
        }
        boolean wins = at > readAt[d] || at == readAt[d] && difference > 0;
        overruled.accept(wins ? old(d) : late(in, slot, at));
        if (wins) {
            take(fresh, slot, d, at, incoming != status[d]);
            changed = true;
        }
    }

    /** Below 0, 0 or above 0 as the received row is less than, compatible with or greater than the held one. */
    private int compare(ProfileBlock in, int slot, int d) {
        if (in.status()[slot] != status[d]) {
            return Integer.compare(in.status()[slot], status[d]);
        }
        for (int c = 0; c < values.length; c++) {
            long v = in.columns().get(c).values()[slot];
            if (v != Column.ABSENT && values[c][d] != Column.ABSENT && v != values[c][d]) {
                return Long.compare(v, values[c][d]);
            }
        }
        return 0;
    }

    private void take(Fresh fresh, int slot, int d, long at, boolean all) {
        ProfileBlock in = fresh.block();
        int known = 0;
        for (int c = 0; c < values.length; c++) {
            long v = in.columns().get(c).values()[slot];
            if (v != Column.ABSENT) {
                if (all || v != values[c][d]) {
                    fresh.cell(c, slot);
                } else {
                    known++;
                }
                values[c][d] = v;
            }
        }
        fresh.known(known);
        status[d] = in.status()[slot];
        readAt[d] = at;
        dirty = true;
    }

    /** The same row again: it may bring a channel that was absent, and it is a later witness. */
    private void fill(Fresh fresh, int slot, int d, long at) {
        int known = 0;
        for (int c = 0; c < values.length; c++) {
            long v = fresh.block().columns().get(c).values()[slot];
            if (v == Column.ABSENT) {
                continue;
            }
            if (values[c][d] == Column.ABSENT) {
                values[c][d] = v;
                fresh.cell(c, slot);
                dirty = true;
            } else {
                known++;
            }
        }
        fresh.known(known);
        if (at > readAt[d]) {
            readAt[d] = at;
            dirty = true;
        }
    }

    /** A row of another shape may hold the same channel, for example a read of fewer channels. */
    void dropKnown(Fresh fresh, int slot) {
        int d = slotOf(fresh.block().endOf(slot));
        if (d < 0 || d >= status.length || status[d] != fresh.block().status()[slot]) {
            return;
        }
        for (int c = 0; c < fresh.block().columns().size(); c++) {
            Column column = fresh.block().columns().get(c);
            int here = shape.channels().indexOf(new Shape.Channel(column.channel(), column.unit()));
            if (here >= 0 && fresh.isFresh(c, slot) && values[here][d] == column.values()[slot]) {
                fresh.knownElsewhere(c, slot);
            }
        }
    }

    boolean covers(Instant end) {
        int d = slotOf(end);
        return d >= 0 && d < status.length;
    }

    boolean dirty() {
        return dirty;
    }

    /** Grows by one whenever a held value gave way to another. */
    int revision() {
        return changed ? revision + 1 : revision;
    }

    int present() {
        return (int) Arrays.stream(status).filter(s -> s >= 0).count();
    }

    int missing() {
        return (int)
                Arrays.stream(status).filter(s -> s == ProfileBlock.MISSING).count();
    }

    int expected() {
        return expected;
    }

    byte[] encoded() {
        List<Column> columns = new ArrayList<>();
        for (int c = 0; c < values.length; c++) {
            Shape.Channel channel = shape.channels().get(c);
            columns.add(new Column(channel.obis(), channel.unit(), values[c]));
        }
        return BlockCodec.encode(
                new ProfileBlock(shape.profile(), firstEnd, shape.period(), columns, status, List.of()));
    }

    byte[] readTimes() {
        return ReadTimes.encode(readAt);
    }

    private int slotOf(Instant end) {
        return (int) Math.floorDiv(
                end.getEpochSecond() - firstEnd.getEpochSecond(), shape.period().toSeconds());
    }

    private Overruled old(int d) {
        long[] row = new long[values.length];
        for (int c = 0; c < row.length; c++) {
            row[c] = values[c][d];
        }
        return overruled(d, status[d], row, readAt[d], Overruled.BY_LATER);
    }

    private Overruled late(ProfileBlock in, int slot, long at) {
        long[] row = new long[values.length];
        for (int c = 0; c < row.length; c++) {
            row[c] = in.columns().get(c).values()[slot];
        }
        return overruled(slotOf(in.endOf(slot)), in.status()[slot], row, at, Overruled.ARRIVED_LATE);
    }

    private Overruled overruled(int d, int rowStatus, long[] row, long at, String reason) {
        Instant end = firstEnd.plus(shape.period().multipliedBy(d));
        return new Overruled(key.meterId(), shape.profile().toString(), end, rowStatus, row, at, reason);
    }
}
