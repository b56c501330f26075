package org.telar.collector.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

import org.telar.api.store.Acknowledgement;

/**
 * What is committed of one epoch of one gateway: everything up to the high-water, and single sequences above it until
 * the holes below them are filled (R4 of reliability). Not thread-safe.
 */
public final class Mark {
    /** Bounds the size of an acknowledgement; what lies above is told in a later one. */
    private static final int MAX_RANGES = 400;

    private final String gateway;
    private final long epoch;
    private final long before;
    private final NavigableSet<Long> beyond = new TreeSet<>();
    private final List<Long> added = new ArrayList<>();
    private long highWater;

    Mark(String gateway, long epoch, long highWater) {
        this.gateway = gateway;
        this.epoch = epoch;
        this.before = highWater;
        this.highWater = highWater;
    }

    public String gateway() {
        return gateway;
    }

    public long epoch() {
        return epoch;
    }

    public long highWater() {
        return highWater;
    }

    /** True when this very sequence is committed. */
    public boolean holds(long sequence) {
        return sequence <= highWater || beyond.contains(sequence);
    }

    void load(long sequence) {
        beyond.add(sequence);
    }

    /** @return false when the sequence was there already: a duplicate */
    boolean add(long sequence) {
        if (holds(sequence)) {
            return false;
        }
        beyond.add(sequence);
        added.add(sequence);
        while (!beyond.isEmpty() && beyond.first() == highWater + 1) {
            highWater = beyond.pollFirst();
        }
        return true;
    }

    boolean moved() {
        return highWater != before;
    }

    /** New sequences that stand above the high-water now. */
    List<Long> newBeyond() {
        return added.stream().filter(s -> s > highWater).toList();
    }

    /** As the edge is told. */
    public Acknowledgement acknowledgement() {
        List<Acknowledgement.Range> ranges = new ArrayList<>();
        long first = 0;
        long last = 0;
        for (long s : beyond) {
            if (first > 0 && s == last + 1) {
                last = s;
                continue;
            }
            if (first > 0) {
                ranges.add(new Acknowledgement.Range(first, last));
                if (ranges.size() == MAX_RANGES) {
                    return new Acknowledgement(epoch, highWater, ranges);
                }
            }
            first = s;
            last = s;
        }
        if (first > 0) {
            ranges.add(new Acknowledgement.Range(first, last));
        }
        return new Acknowledgement(epoch, highWater, ranges);
    }
}
