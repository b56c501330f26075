package org.telar.collector.ingest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Opening;

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
    private final Set<Long> openings = new HashSet<>();
    private Optional<Opening> newest = Optional.empty();
    private boolean newestIsNew;
    private String refusal = "";
    private boolean refusedNow;
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

    /** Opening of the store that an acknowledgement is for, 0 when none told. */
    public long opening() {
        return newest.map(Opening::id).orElse(0L);
    }

    /** Why nothing of this epoch is taken any more; empty when it is. */
    public String refusal() {
        return refusal;
    }

    void loadRefusal(String why) {
        refusal = why;
    }

    /** Openings known, in the order in which they were first seen. */
    void loadOpening(Opening opening) {
        openings.add(opening.id());
        newest = Optional.of(opening);
    }

    /**
     * Judges a message by the opening it was sent in, before anything of it is taken (F12). An opening that begins below
     * what is committed lacks sequences that its epoch has used: from then on nothing of the epoch is taken, and above
     * all nothing is acknowledged.
     *
     * @return false when the epoch is refused
     */
    boolean admits(Opening opening) {
        if (!refusal.isEmpty()) {
            return false;
        }
        if (opening.isTold() && !openings.contains(opening.id())) {
            long highest = beyond.isEmpty() ? highWater : beyond.last();
            if (highest > opening.sequence()) {
                refusal = "the gateway's store was opened at sequence " + opening.sequence() + " of epoch " + epoch
                        + ", and sequence " + highest + " of it is committed here: it was restored from an old copy";
                refusedNow = true;
                return false;
            }
            loadOpening(opening);
            newestIsNew = true;
        }
        return true;
    }

    /** A sequence that an earlier opening gave, after a later one began without it: not what the later one means by it. */
    boolean isSuperseded(Opening opening, long sequence) {
        return opening.isTold()
                && newest.filter(n -> n.id() != opening.id() && sequence > n.sequence())
                        .isPresent();
    }

    Optional<Opening> newOpening() {
        return newestIsNew ? newest : Optional.empty();
    }

    boolean isRefusedNow() {
        return refusedNow;
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
