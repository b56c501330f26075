package org.telar.collector.ingest;

import java.util.List;

import org.telar.contract.Event;

/** Takes events of the edge, and those that ingest itself raises; joins the transaction of the calling thread. */
public interface EventBook {
    /** Stores events of a gateway; the same event twice is one (fault 31). */
    void fromEdge(String gateway, List<Event> events);

    /** An event of the centre itself. The id makes it one however often its cause is seen. */
    void raise(String gateway, Event event);
}
