package org.telar.acquisition;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who gets the next exchange of a medium: the most urgent lane, within a lane who asked first; but the daily load keeps
 * a fifth of the airtime for which it waits. After an exchange of an express lane the medium is kept for the next
 * request of that visit for a moment; else every single exchange of an order would wait for a whole one of the load.
 * Decides only; {@link MediumAirtime} lets threads wait for it, a simulation
 * asks it directly. Times are monotonic nanoseconds. Not thread-safe: its owner locks.
 */
public final class AirtimeOrder {
    /** A wish for one exchange. */
    public static final class Ticket {
        private final Priority priority;
        private final long number;
        private boolean granted;
        private boolean closed;
        /** Granted while the load waited: only such an exchange takes something from it. */
        private boolean contended;

        private long since;

        private Ticket(Priority priority, long number) {
            this.priority = priority;
            this.number = number;
        }

        public boolean isGranted() {
            return granted;
        }
    }

    private static final Comparator<Ticket> URGENT_FIRST =
            Comparator.<Ticket, Priority>comparing(t -> t.priority).thenComparing(t -> t.number);

    private final TreeSet<Ticket> waiting = new TreeSet<>(URGENT_FIRST);
    private final AirtimeShares shares = new AirtimeShares();
    /** A gateway needs some milliseconds from an answer to the next request, and some more to store what was read. */
    static final long KEPT = Duration.ofMillis(100).toNanos();

    private int capacity;
    private int held;
    private boolean kept;
    private long keptUntil;
    private long numbers;

    /** @param capacity exchanges at one time, at least 1 */
    public AirtimeOrder(int capacity) {
        this.capacity = capacity;
    }

    /** Changes how many exchanges may be under way; those that are go on. */
    public void capacity(int exchanges, long now) {
        capacity = exchanges;
        grant(now);
    }

    /** Asks for an exchange; see {@link Ticket#isGranted()}. */
    public Ticket ask(Priority priority, long now) {
        Ticket ticket = new Ticket(priority, numbers++);
        waiting.add(ticket);
        grant(now);
        return ticket;
    }

    /** Gives an exchange back, or a wish up. Harmless when repeated. */
    public void giveBack(Ticket ticket, long now) {
        if (ticket.closed) {
            return;
        }
        ticket.closed = true;
        if (ticket.granted) {
            held--;
            kept = ticket.priority.isExpress();
            keptUntil = now + KEPT;
            if (ticket.contended || ticket.priority.keepsShare() || load().isPresent()) {
                shares.add(ticket.priority, false, now - ticket.since, now);
            }
        } else {
            waiting.remove(ticket);
        }
        grant(now);
    }

    /** The first of the daily load that waits. */
    private Optional<Ticket> load() {
        return waiting.stream().filter(t -> t.priority.keepsShare()).findFirst();
    }

    /**
     * Grants what may be granted by now.
     *
     * @return nanoseconds after which it should be asked again, {@code Long.MAX_VALUE} when only other calls change
     *     something
     */
    public long grant(long now) {
        while (held < capacity && !waiting.isEmpty()) {
            Optional<Ticket> load = load();
            boolean owed = load.isPresent() && shares.isLoadOwed();
            Ticket next = owed ? load.get() : waiting.first();
            if (!owed && kept && !next.priority.isExpress() && held == capacity - 1 && keptUntil - now > 0) {
                return keptUntil - now;
            }
            kept &= !next.priority.isExpress();
            waiting.remove(next);
            next.granted = true;
            next.since = now;
            next.contended = load.isPresent();
            held++;
        }
        return Long.MAX_VALUE;
    }
}
