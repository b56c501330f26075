package org.telar.collector.ingest;

import java.util.Collection;
import java.util.List;

import org.telar.api.model.Poll;
import org.telar.contract.Result;

/**
 * What orders and runs want to know of what comes in. Every method is called inside ingest's transaction and joins it;
 * an exception rolls all of it back.
 */
public interface ActivityBook {
    /** A poll that an order or a run asked for, whatever it brought. */
    record Brought(String activity, String gateway, long epoch, long sequence, Poll poll, byte[] payload) {}

    void polled(List<Brought> polls);

    /** A result or a summary, to be judged when what it speaks of has been ingested. */
    void result(String gateway, long epoch, Result result, byte[] payload);

    /** Marks as they are now; judges what can be judged. */
    void ingested(Collection<Mark> marks);
}
