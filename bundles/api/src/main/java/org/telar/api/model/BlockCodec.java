package org.telar.api.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Columnar form of a {@link ProfileBlock}: per column the cheapest of four predictions, as varints; status as runs;
 * off-grid rows explicit. The form is described in {@code docs/message-contract.md}. Stateless.
 */
public final class BlockCodec {
    /** Bounds what a decoder allocates: a year of 5-minute rows of 9 channels. */
    static final int MAX_CELLS = 1_000_000;

    private static final int RAW = 0;
    private static final int RAW_SIGNED = 1;
    private static final int DELTA = 2;
    private static final int DELTA_OF_DELTA = 3;
    private static final int FIRST_VERSION = 1;

    private BlockCodec() {}

    public static byte[] encode(ProfileBlock block) {
        ByteSink out = new ByteSink();
        out.put(FIRST_VERSION);
        write(block, out);
        return out.toBytes();
    }

    /** @throws FormatException when the bytes are not one whole block of a known version */
    public static ProfileBlock decode(byte[] bytes) throws FormatException {
        ByteSource in = new ByteSource(bytes);
        int version = in.take();
        if (version != FIRST_VERSION) {
            throw new FormatException("block version 1 expected, got " + version);
        }
        ProfileBlock block = read(in);
        if (in.remaining() > 0) {
            throw new FormatException(in.remaining() + " bytes after the block");
        }
        return block;
    }

    static void write(ProfileBlock block, ByteSink out) {
        out.raw(block.profile().bytes());
        out.signed(block.firstEnd().getEpochSecond());
        out.unsigned(block.period().toSeconds());
        out.unsigned(block.slots());
        out.unsigned(block.columns().size());
        writeRuns(block.status(), out);
        for (Column c : block.columns()) {
            writeColumn(c, block.status(), out);
        }
        out.unsigned(block.offGrid().size());
        for (OffGridRow r : block.offGrid()) {
            out.signed(r.at().getEpochSecond() - block.firstEnd().getEpochSecond());
            out.unsigned(r.status());
            for (long v : r.values()) {
                out.put(v == Column.ABSENT ? 0 : 1);
                if (v != Column.ABSENT) {
                    out.signed(v);
                }
            }
        }
    }

    static ProfileBlock read(ByteSource in) throws FormatException {
        Obis profile = Obis.of(in.raw(6));
        long firstEnd = in.signed();
        int period = in.count(86_400, "capture period");
        int slots = in.count(ProfileBlock.MAX_SLOTS, "slot count");
        int columnCount = in.count(ProfileBlock.MAX_COLUMNS, "column count");
        if ((long) slots * Math.max(1, columnCount) > MAX_CELLS) {
            throw new FormatException("block of " + slots + " × " + columnCount + " values is too large");
        }
        int[] status = readRuns(in, slots);
        List<Column> columns = new ArrayList<>(columnCount);
        for (int i = 0; i < columnCount; i++) {
            columns.add(readColumn(in, status));
        }
        int rows = in.count(in.remaining(), "off-grid row count");
        List<OffGridRow> offGrid = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            offGrid.add(readOffGrid(in, firstEnd, columnCount));
        }
        try {
            return new ProfileBlock(profile, instant(firstEnd), Duration.ofSeconds(period), columns, status, offGrid);
        } catch (IllegalArgumentException e) {
            throw new FormatException(e.getMessage(), e);
        }
    }

    static Instant instant(long epochSecond) throws FormatException {
        if (epochSecond < -62_135_596_800L || epochSecond > 253_402_300_799L) {
            throw new FormatException("time outside the years 1 to 9999: " + epochSecond);
        }
        return Instant.ofEpochSecond(epochSecond);
    }

    private static OffGridRow readOffGrid(ByteSource in, long firstEnd, int columns) throws FormatException {
        Instant at = instant(firstEnd + bounded(in.signed()));
        int status = in.count(Integer.MAX_VALUE, "status");
        long[] values = new long[columns];
        for (int c = 0; c < columns; c++) {
            values[c] = in.take() == 0 ? Column.ABSENT : in.signed();
        }
        return new OffGridRow(at, status, values);
    }

    private static long bounded(long seconds) throws FormatException {
        if (Math.abs(seconds) > 400_000_000_000L) {
            throw new FormatException("time difference out of range: " + seconds);
        }
        return seconds;
    }

    private static void writeRuns(int[] status, ByteSink out) {
        for (int i = 0; i < status.length; ) {
            int j = i;
            while (j < status.length && status[j] == status[i]) {
                j++;
            }
            out.unsigned((long) status[i] - ProfileBlock.NOT_READ);
            out.unsigned(j - i);
            i = j;
        }
    }

    private static int[] readRuns(ByteSource in, int slots) throws FormatException {
        int[] status = new int[slots];
        for (int i = 0; i < slots; ) {
            long value = in.unsigned() + ProfileBlock.NOT_READ;
            int run = in.count(slots - i, "status run");
            if (run == 0 || value < ProfileBlock.NOT_READ || value > Integer.MAX_VALUE) {
                throw new FormatException("bad status run at slot " + i);
            }
            Arrays.fill(status, i, i + run, (int) value);
            i += run;
        }
        return status;
    }

    /** A column has a value in every slot with a row, or says where not. */
    private static void writeColumn(Column c, int[] status, ByteSink out) {
        out.raw(c.channel().bytes());
        out.put(c.unit().scaler());
        out.put(c.unit().code());
        long[] present = new long[status.length];
        int n = 0;
        boolean asRows = true;
        for (int i = 0; i < status.length; i++) {
            boolean has = c.values()[i] != Column.ABSENT;
            asRows &= has == status[i] >= 0;
            if (has) {
                present[n++] = c.values()[i];
            }
        }
        out.put(asRows ? 0 : 1);
        if (!asRows) {
            byte[] bits = new byte[(status.length + 7) / 8];
            for (int i = 0; i < status.length; i++) {
                if (c.values()[i] != Column.ABSENT) {
                    bits[i / 8] |= (byte) (1 << i % 8);
                }
            }
            out.raw(bits);
        }
        int how = cheapest(present, n);
        out.put(how);
        writeResiduals(present, n, how, out);
    }

    /** The sizes of all four in one pass; of equals the simpler one. */
    private static int cheapest(long[] v, int n) {
        long raw = 0;
        long signed = 0;
        long delta = 0;
        long deltaOfDelta = 0;
        boolean negative = false;
        long before = 0;
        long step = 0;
        for (int i = 0; i < n; i++) {
            long x = v[i];
            long d = x - before;
            negative |= x < 0;
            raw += ByteSink.width(x);
            signed += ByteSink.width(ByteSink.zigzag(x));
            delta += ByteSink.width(ByteSink.zigzag(d));
            deltaOfDelta += ByteSink.width(ByteSink.zigzag(d - step));
            // The second value is predicted to be the first, as with plain differences.
            step = i == 0 ? 0 : d;
            before = x;
        }
        int best = negative ? RAW_SIGNED : RAW;
        long size = negative ? signed : raw;
        if (signed < size) {
            best = RAW_SIGNED;
            size = signed;
        }
        if (delta < size) {
            best = DELTA;
            size = delta;
        }
        return deltaOfDelta < size ? DELTA_OF_DELTA : best;
    }

    /** Arithmetic wraps on both sides, so every 64-bit value survives. */
    private static void writeResiduals(long[] v, int n, int how, ByteSink out) {
        long before = 0;
        long step = 0;
        for (int i = 0; i < n; i++) {
            long x = v[i];
            switch (how) {
                case RAW -> out.unsigned(x);
                case RAW_SIGNED -> out.signed(x);
                case DELTA -> out.signed(x - before);
                default -> {
                    out.signed(x - before - step);
                    step = i == 0 ? 0 : x - before;
                }
            }
            before = x;
        }
    }

    private static long predict(long[] v, int i, int how) {
        if (i == 0) {
            return 0;
        }
        return how == DELTA || i == 1 ? v[i - 1] : 2 * v[i - 1] - v[i - 2];
    }

    private static Column readColumn(ByteSource in, int[] status) throws FormatException {
        Obis channel = Obis.of(in.raw(6));
        Unit unit = new Unit((byte) in.take(), in.take());
        boolean asRows = in.take() == 0;
        byte[] bits = asRows ? new byte[0] : in.raw((status.length + 7) / 8);
        int how = in.take();
        if (how > DELTA_OF_DELTA) {
            throw new FormatException("unknown prediction " + how + " of column " + channel);
        }
        long[] values = new long[status.length];
        long[] seen = new long[status.length];
        int n = 0;
        for (int i = 0; i < status.length; i++) {
            boolean has = asRows ? status[i] >= 0 : (bits[i / 8] >> i % 8 & 1) == 1;
            if (!has) {
                values[i] = Column.ABSENT;
                continue;
            }
            long v =
                    switch (how) {
                        case RAW -> in.unsigned();
                        case RAW_SIGNED -> in.signed();
                        default -> in.signed() + predict(seen, n, how);
                    };
            if (v == Column.ABSENT) {
                throw new FormatException("reserved value in column " + channel);
            }
            seen[n++] = v;
            values[i] = v;
        }
        return new Column(channel, unit, values);
    }
}
