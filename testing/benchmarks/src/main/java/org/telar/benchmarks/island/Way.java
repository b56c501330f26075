package org.telar.benchmarks.island;

/**
 * A way of reading a meter-day.
 *
 * @param mode in the recording
 * @param sliced whether large reads are cut; the usual way asks for the whole day whatever it takes
 * @param payload bytes of the day's data in its encoding, for the floor
 */
record Way(String name, String mode, boolean sliced, int payload) {
    static final Way USUAL = new Way("usual way, PDU 1024", "usual", false, 4_610);
    static final Way ARRAY_1024 = new Way("list, arrays, PDU 1024", "list-1024", true, 4_610);
    static final Way ARRAY_64K = new Way("list, arrays, PDU 64K", "list-64k", true, 4_610);
    static final Way COMPACT = new Way("list, compact u16, PDU 64K", "compact-64k", true, 1_262);
}
