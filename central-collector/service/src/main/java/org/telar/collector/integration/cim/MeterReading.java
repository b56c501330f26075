package org.telar.collector.integration.cim;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One MeterReading element as read: its meter, blocks of interval values, and register readings.
 *
 * @param meter number; empty when the element names none
 * @param mrid empty when the element gives none
 */
public record MeterReading(String meter, String mrid, List<Block> blocks, List<Register> registers) {

    /** A fault of one block or reading: reply code and reason (D9). */
    public record Fault(String code, String reason) {}

    /**
     * One Readings element.
     *
     * @param readingType its mRID
     * @param reason as sent, empty if there is none
     * @param at timeStamp, UTC seconds; for maximum demand the occurrence (D18)
     * @param periodEnd end of the timePeriod, if given: the stamp of the closing
     * @param value empty when there is none
     * @param readAt reportedDateTime, UTC seconds; {@link Long#MIN_VALUE} if not given
     */
    public record Register(
            String readingType,
            String reason,
            long at,
            Optional<Long> periodEnd,
            Optional<Decimal> value,
            Quality quality,
            long readAt,
            Optional<Fault> fault) {}

    /** One IntervalBlocks element: values of one reading type, in columns. Filled by the reader; not thread-safe. */
    public static final class Block {
        /** Stands in {@link #unscaled} for no value. */
        public static final long NO_VALUE = Long.MIN_VALUE;
        /** The reading time is not given. */
        public static final long UNKNOWN = Long.MIN_VALUE;

        private static final int FIRST = 96;

        String readingType = "";
        Fault fault;
        int size;
        long[] end = new long[FIRST];
        long[] unscaled = new long[FIRST];
        byte[] exponent = new byte[FIRST];
        Quality[] quality = new Quality[FIRST];
        boolean[] offGrid = new boolean[FIRST];
        long readAt = UNKNOWN;

        /**
         * An empty block, for readings that come from elsewhere than a document.
         *
         * @param readAt UTC second, or {@link #UNKNOWN}
         */
        public static Block empty(String readingType, long readAt) {
            Block block = new Block();
            block.readingType = readingType;
            block.readAt = readAt;
            return block;
        }

        /** Adds a reading; {@link #NO_VALUE} for none. */
        public void add(long at, long value, int exp, Quality q, boolean off) {
            if (size == end.length) {
                int grown = size * 2;
                end = Arrays.copyOf(end, grown);
                unscaled = Arrays.copyOf(unscaled, grown);
                exponent = Arrays.copyOf(exponent, grown);
                quality = Arrays.copyOf(quality, grown);
                offGrid = Arrays.copyOf(offGrid, grown);
            }
            end[size] = at;
            unscaled[size] = value;
            exponent[size] = (byte) exp;
            quality[size] = q;
            offGrid[size++] = off;
        }

        /** The first fault wins: it is what a person will read. */
        void fail(String code, String reason) {
            fault = fault == null ? new Fault(code, reason) : fault;
        }

        /** mRID of the reading type; empty when the block names none. */
        public String readingType() {
            return readingType;
        }

        public Optional<Fault> fault() {
            return Optional.ofNullable(fault);
        }

        public int size() {
            return size;
        }

        /** UTC second of the interval's end. */
        public long end(int i) {
            return end[i];
        }

        /** {@link #NO_VALUE} where there is none. */
        public long unscaled(int i) {
            return unscaled[i];
        }

        public int exponent(int i) {
            return exponent[i];
        }

        public Quality quality(int i) {
            return quality[i];
        }

        /** True when the sender says that the row is off the grid, or a second one in its slot (D4). */
        public boolean offGrid(int i) {
            return offGrid[i];
        }

        /** When the block was read from the meter, UTC seconds; {@link #UNKNOWN} if not given. */
        public long readAt() {
            return readAt;
        }
    }
}
