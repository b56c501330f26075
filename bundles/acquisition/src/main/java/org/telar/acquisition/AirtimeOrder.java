package org.telar.acquisition;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Who gets the next exchange of a medium: the most urgent lane, within a lane who asked first. Decides only; {@link
 * MediumAirtime} lets threads wait for it, a simulation asks it directly. Not thread-safe: its owner locks.
 */
public final class AirtimeOrder {
    /** A wish for one exchange. */
    public static final class Ticket {
        private final Priority priority;
        private final long number;
        private boolean granted;
        private boolean closed;

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

    private final PriorityQueue<Ticket> waiting = new PriorityQueue<>(URGENT_FIRST);
    private final int capacity;
    private int held;
    private long numbers;

    /** @param capacity exchanges at one time, at least 1 */
    public AirtimeOrder(int capacity) {
        this.capacity = capacity;
    }

    /** Asks for an exchange; see {@link Ticket#isGranted()}. */
    public Ticket ask(Priority priority) {
        Ticket ticket = new Ticket(priority, numbers++);
        waiting.add(ticket);
        grant();
        return ticket;
    }

    /** Gives an exchange back, or a wish up. Harmless when repeated. */
    public void giveBack(Ticket ticket) {
        if (ticket.closed) {
            return;
        }
        ticket.closed = true;
        if (ticket.granted) {
            held--;
        } else {
            waiting.remove(ticket);
        }
        grant();
    }

    private void grant() {
        while (held < capacity && !waiting.isEmpty()) {
            waiting.poll().granted = true;
            held++;
        }
    }
}
