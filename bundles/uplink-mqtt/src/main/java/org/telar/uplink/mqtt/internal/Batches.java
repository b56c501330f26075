package org.telar.uplink.mqtt.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.telar.api.store.Opening;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Batch;
import org.telar.contract.Contract;

/** Makes packets of outbox entries: one kind each, in order of sequence, none larger than the broker takes. Stateless. */
final class Batches {
    private Batches() {}

    /**
     * @param sequences that it carries
     * @param payload encoded
     */
    record Packet(OutboxKind kind, List<Long> sequences, byte[] payload) {}

    /**
     * @param packets that fit
     * @param tooLarge entries that fit in no packet
     */
    record Packed(List<Packet> packets, List<OutboxEntry> tooLarge) {}

    /** @param largest payload bytes that fit beside a topic and headers */
    static Packed pack(String gateway, Opening opening, List<OutboxEntry> entries, long largest) {
        // The first of a kind decides the order of kinds: urgent entries come first.
        Map<OutboxKind, List<OutboxEntry>> byKind = new LinkedHashMap<>();
        entries.forEach(
                e -> byKind.computeIfAbsent(e.kind(), k -> new ArrayList<>()).add(e));
        Packed packed = new Packed(new ArrayList<>(), new ArrayList<>());
        byKind.forEach((kind, some) -> {
            some.sort(Comparator.comparingLong(OutboxEntry::sequence));
            split(gateway, opening, kind, some, largest, packed);
        });
        return packed;
    }

    private static void split(
            String gateway, Opening opening, OutboxKind kind, List<OutboxEntry> entries, long largest, Packed into) {
        List<Batch.Entry> content = entries.stream()
                .map(e -> new Batch.Entry(e.sequence(), e.payload()))
                .toList();
        byte[] payload = Contract.encode(new Batch(gateway, opening, kind, content));
        if (payload.length <= largest) {
            List<Long> sequences = entries.stream().map(OutboxEntry::sequence).toList();
            into.packets().add(new Packet(kind, sequences, payload));
        } else if (entries.size() == 1) {
            into.tooLarge().add(entries.get(0));
        } else {
            int half = entries.size() / 2;
            split(gateway, opening, kind, entries.subList(0, half), largest, into);
            split(gateway, opening, kind, entries.subList(half, entries.size()), largest, into);
        }
    }
}
