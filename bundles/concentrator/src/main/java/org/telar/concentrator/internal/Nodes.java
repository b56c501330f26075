package org.telar.concentrator.internal;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.telar.acquisition.Reachability;
import org.telar.api.channel.NodeChannel.Node;
import org.telar.api.channel.NodeListener;
import org.telar.api.meter.Meter;
import org.telar.api.platform.EventSink.Severity;
import org.telar.concentrator.internal.table.MeterEntry;
import org.telar.concentrator.internal.table.MeterTable;

/**
 * Meters that join and leave a network: one that was lost is probed at once; one that joined another base node than its own is
 * read there, and one of a neighbour's table is told, so that a rebind can be proposed (D20). Thread-safe.
 */
final class Nodes implements NodeListener {
    private static final int MOST_REMEMBERED = 1_000;
    private static final String SCHEME = "prime:";

    private final Services services;
    private final Supplier<MeterTable> table;
    private final Media media;
    private final Reachability reachability;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    Nodes(Services services, Supplier<MeterTable> table, Media media, Reachability reachability) {
        this.services = services;
        this.table = table;
        this.media = media;
        this.reachability = reachability;
    }

    @Override
    public void joined(URI network, Node node) {
        Optional<String> medium = media.at(network);
        if (medium.isEmpty()) {
            return;
        }
        Optional<Meter> meter = meterOf(node);
        if (meter.isEmpty()) {
            foreign(
                    "",
                    medium.get(),
                    node,
                    "A meter that is not in the table joined " + medium.get() + ": " + node.identity() + ", "
                            + node.eui48() + ".",
                    "");
            return;
        }
        Meter known = meter.get();
        reachability.joined(known.id());
        if (known.medium().equals(medium.get())) {
            media.roams(known, Optional.empty());
        } else if (Paths.second(known)
                .filter(s -> s.medium().equals(medium.get()))
                .isEmpty()) {
            media.roams(known, medium);
            foreign(
                    known.id().number(),
                    medium.get(),
                    node,
                    "Meter " + known.id() + " joined " + medium.get() + " instead of " + known.medium()
                            + " and is read there; its identity is checked as ever.",
                    known.medium());
        }
    }

    @Override
    public void left(URI network, Node node) {
        media.at(network).ifPresent(medium -> {
            told.remove(key(medium, node));
            meterOf(node).ifPresent(meter -> media.left(meter, medium));
        });
    }

    private void foreign(String meter, String medium, Node node, String text, String bound) {
        if (told.size() >= MOST_REMEMBERED || !told.add(key(medium, node))) {
            return;
        }
        services.events()
                .event(
                        "METER_ON_FOREIGN_ISLAND",
                        Severity.WARNING,
                        meter,
                        text,
                        Map.of("medium", medium, "bound", bound, "identity", node.identity(), "eui48", node.eui48()));
    }

    private static String key(String medium, Node node) {
        return medium + " " + node.eui48();
    }

    private Optional<Meter> meterOf(Node node) {
        return table.get().all().stream()
                .map(MeterEntry::meter)
                .filter(m ->
                        m.identity().equals(node.identity()) || m.address().equalsIgnoreCase(SCHEME + node.eui48()))
                .findFirst();
    }
}
