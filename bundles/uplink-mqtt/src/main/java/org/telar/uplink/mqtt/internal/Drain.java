package org.telar.uplink.mqtt.internal;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.Opening;
import org.telar.api.store.Outbox;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.StoreException;
import org.telar.contract.Topics;

/**
 * Takes from the outbox what fits in the window, and gives it to the link. When the collector stays silent the window
 * shrinks to one batch, which is sent again with a growing deadline: a collector that is slow or away is asked, not
 * flooded. When links end without an acknowledgement the batches shrink too, for a broker that drops what is too large
 * without saying so. Used by the uplink's thread.
 */
final class Drain {
    private static final int HEADERS = 64;
    private static final int SMALLEST = 1 << 10;
    private static final int MAX_SILENCE_DOUBLINGS = 2;
    private static final int LOSSES_BEFORE_SHRINKING = 3;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration STORE_RETRY = Duration.ofSeconds(2);

    private final UplinkSettings settings;
    private final Outbox outbox;
    private final LinkEvents events;
    private final Flight flight = new Flight();
    private final Set<Long> tooLarge = new HashSet<>();
    private final BackOff refusals;
    private Opening current = Opening.untold(0);
    private int batchBytes;
    private int silences;
    private int losses;
    private boolean lookNow = true;
    private Optional<Long> lookAt = Optional.empty();
    private long lastLook = System.nanoTime() - LOOK_AGAIN.toNanos();
    private Optional<Long> waitingSince = Optional.empty();

    Drain(UplinkSettings settings, Outbox outbox, LinkEvents events) {
        this.settings = settings;
        this.outbox = outbox;
        this.events = events;
        this.batchBytes = settings.limits().batchBytes();
        this.refusals = new BackOff(
                settings.times().backOffMin(),
                settings.times().backOffMax(),
                java.util.random.RandomGenerator.getDefault());
    }

    /** A new link: everything unacknowledged is eligible again. */
    void begin() {
        flight.clear(outbox.epoch());
        tooLarge.clear();
        waitingSince = Optional.empty();
        look();
    }

    /** There may be something new. */
    void look() {
        lookNow = true;
    }

    void retryLater() {
        lookNow = false;
        lookAt = Optional.of(System.nanoTime() + STORE_RETRY.toNanos());
    }

    /** How long nothing needs to be done unless a signal comes. */
    long waitNanos(Duration atMost) {
        long now = System.nanoTime();
        long next = now + atMost.toNanos();
        if (lookNow) {
            next = Math.min(next, Math.max(now, lastLook + LOOK_AGAIN.toNanos()));
        } else if (lookAt.isPresent()) {
            next = Math.min(next, lookAt.get());
        }
        long deadline = flight.nextDeadline(now).orElse(next);
        return Math.max(0, Math.min(next, deadline) - now);
    }

    /** How long a batch may wait now. */
    Duration deadline() {
        return settings.times().acknowledgement().multipliedBy(1L << Math.min(silences, MAX_SILENCE_DOUBLINGS));
    }

    boolean overdue() {
        int before = flight.size();
        boolean overdue = flight.overdue(System.nanoTime());
        if (flight.size() < before) {
            look();
        }
        silences += overdue ? 1 : 0;
        return overdue;
    }

    /** Returns true when anything under way was acknowledged. */
    boolean acknowledged(Acknowledgement ack) {
        boolean any = flight.acknowledged(ack);
        if (any) {
            silences = 0;
            losses = 0;
            refusals.reset();
            batchBytes = Math.min(settings.limits().batchBytes(), batchBytes * 2);
            look();
        }
        return any;
    }

    void answered(Signal.Answered answer) {
        if (Reason.isRefusal(answer.reason())) {
            events.once(Reason.refused(answer.reason(), "publish"), Severity.WARNING);
            flight.refused(answer.batch(), System.nanoTime() + refusals.next().toNanos());
        }
        look();
    }

    void lost(Reason reason) {
        losses++;
        boolean oversize = reason.code() == Reason.PACKET_TOO_LARGE;
        if (flight.size() > 0 && (oversize || losses % LOSSES_BEFORE_SHRINKING == 0)) {
            batchBytes = Math.max(SMALLEST, Math.min(batchBytes, flight.largest()) / 2);
        }
    }

    /** Sends while the window has room and there is something worth sending. */
    void fill(Link link) throws StoreException, LinkException {
        long now = System.nanoTime();
        boolean due = lookNow
                ? now - lastLook >= LOOK_AGAIN.toNanos()
                : lookAt.map(at -> at - now <= 0).orElse(false);
        if (!due) {
            return;
        }
        lastLook = now;
        lookNow = false;
        lookAt = Optional.empty();
        int window = silences > 0 ? 1 : settings.limits().window();
        while (flight.size() < window && link.hasRoom()) {
            Opening opening = outbox.opening();
            if (!opening.equals(current)) {
                current = opening;
                flight.clear(opening.epoch());
                tooLarge.clear();
            }
            List<OutboxEntry> entries = outbox.pending(
                    settings.limits().batchEntries(), batchBytes, s -> flight.contains(s) || tooLarge.contains(s));
            if (entries.isEmpty()) {
                waitingSince = Optional.empty();
                return;
            }
            if (outbox.opening().equals(opening)) {
                if (!worthSending(entries, now)) {
                    return;
                }
                send(link, opening, entries);
            }
        }
    }

    private boolean worthSending(List<OutboxEntry> entries, long now) {
        long bytes = entries.stream().mapToLong(e -> e.payload().length).sum();
        boolean full = entries.size() >= settings.limits().batchEntries() || bytes >= batchBytes / 4 * 3;
        boolean urgent = entries.stream().anyMatch(e -> e.lane() == Lane.URGENT);
        if (waitingSince.isEmpty()) {
            waitingSince = Optional.of(now);
        }
        long until = waitingSince.get() + settings.times().linger().toNanos();
        boolean ripe = full || urgent || until - now <= 0;
        if (ripe) {
            waitingSince = Optional.empty();
        } else {
            lookAt = Optional.of(until);
        }
        return ripe;
    }

    private void send(Link link, Opening opening, List<OutboxEntry> entries) throws LinkException {
        long room = link.maximumPacket() - HEADERS - settings.gateway().length();
        Batches.Packed packed = Batches.pack(settings.gateway(), opening, entries, room);
        for (OutboxEntry e : packed.tooLarge()) {
            tooLarge.add(e.sequence());
            events.once(
                    new Reason(
                            Reason.REFUSED,
                            "entry " + e.sequence() + " of " + e.payload().length + " bytes is larger than the "
                                    + link.maximumPacket()
                                    + " bytes that the broker takes; it is kept, the rest goes on",
                            Reason.PACKET_TOO_LARGE),
                    Severity.CRITICAL);
        }
        for (Batches.Packet p : packed.packets()) {
            if (!link.hasRoom()) {
                return; // the rest is eligible again when the broker has answered
            }
            long deadline = System.nanoTime() + deadline().toNanos();
            long id = flight.add(p.sequences(), p.payload().length, deadline);
            link.publish(Topics.up(settings.gateway(), p.kind()), p.payload(), id);
        }
    }
}
