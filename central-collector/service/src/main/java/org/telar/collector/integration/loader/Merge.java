package org.telar.collector.integration.loader;

import java.util.function.IntUnaryOperator;

/**
 * The upsert rule, slot by slot: absent insert; equal no-op, counted; different by rank of quality, then by the later
 * reading time at the edge, whatever the order of arrival (D21); a missing value never overwrites a value. What loses is
 * told, never dropped silently.
 */
final class Merge {
    private final IntUnaryOperator rank;

    /** @param rank of a quality set's id */
    Merge(IntUnaryOperator rank) {
        this.rank = rank;
    }

    /** Takes the losers of conflicts. */
    interface Losers {
        /** @param replaced true: it was there and gave way; false: it came and was refused */
        void lost(int slot, long unscaled, int scaler, short quality, long readAt, boolean replaced);
    }

    /** What happened to the incoming values. */
    static final class Count {
        long inserted;
        long equal;
        long conflicts;
        boolean changed;
    }

    /**
     * Merges the incoming slots into the held ones.
     *
     * @return empty when a value cannot be represented beside those held; the held slots are then unchanged
     */
    java.util.Optional<Count> merge(Slots held, Slots incoming, Losers losers) {
        int finest = Math.min(held.scaler, incoming.scaler);
        if (held.size() != incoming.size()
                || held.first != incoming.first
                || !incoming.rescale(finest)
                || !held.rescale(finest)) {
            return java.util.Optional.empty();
        }
        Count count = new Count();
        for (int i = 0; i < held.size(); i++) {
            if (incoming.empty(i)) {
                if (held.empty(i) && held.quality[i] == Slots.UNKNOWN && incoming.quality[i] != Slots.UNKNOWN) {
                    held.set(i, Slots.ABSENT, incoming.quality[i], incoming.readAt[i]);
                    count.changed = true;
                }
            } else if (held.empty(i)) {
                take(held, incoming, i);
                count.inserted++;
                count.changed = true;
            } else if (held.value[i] == incoming.value[i] && held.quality[i] == incoming.quality[i]) {
                count.equal++;
            } else {
                conflict(held, incoming, i, losers, count);
            }
        }
        held.revision += count.conflicts > 0 ? 1 : 0;
        return java.util.Optional.of(count);
    }

    private void conflict(Slots held, Slots incoming, int i, Losers losers, Count count) {
        int order = rank.applyAsInt(incoming.quality[i]) - rank.applyAsInt(held.quality[i]);
        boolean wins = order > 0 || order == 0 && incoming.readAt[i] > held.readAt[i];
        Slots loser = wins ? held : incoming;
        losers.lost(i, loser.value[i], loser.scaler, loser.quality[i], loser.readAt[i], wins);
        if (wins) {
            take(held, incoming, i);
        }
        count.conflicts++;
        count.changed = true;
    }

    private static void take(Slots held, Slots incoming, int i) {
        held.set(i, incoming.value[i], incoming.quality[i], incoming.readAt[i]);
    }
}
