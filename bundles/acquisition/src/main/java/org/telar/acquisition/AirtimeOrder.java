package org.telar.acquisition;

import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who gets the next exchange of a medium: the most urgent lane, within a lane who asked first; but the daily load keeps
 * a fifth of the airtime for which it waits. Decides only; {@link MediumAirtime} lets threads wait for it, a simulation
 * asks it directly. Times are monotonic nanoseconds. Not thread-safe: its owner locks.
 */
public final class AirtimeOrder {
    /** A wish for one exchange. */
    public static final class Ticket {
        private final Priority priority;
        private final long number;
        private boolean granted;
        private boolean closed;
        /** Granted while the load waited: only then the load loses something by it. */
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
    private int capacity;
    private int held;
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
            if (ticket.contended || ticket.priority.keepsShare()) {
                shares.add(ticket.priority, false, now - ticket.since, now);
            }
        } else {
            waiting.remove(ticket);
        }
        grant(now);
    }

    private void grant(long now) {
        while (held < capacity && !waiting.isEmpty()) {
            Optional<Ticket> load =
                    waiting.stream().filter(t -> t.priority.keepsShare()).findFirst();
            Ticket next = shares.isLoadOwed() ? load.orElse(waiting.first()) : waiting.first();
            waiting.remove(next);
            next.granted = true;
            next.since = now;
            next.contended = load.isPresent();
            held++;
        }
    }
}
