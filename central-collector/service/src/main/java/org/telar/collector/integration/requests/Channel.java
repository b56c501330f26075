package org.telar.collector.integration.requests;

import org.telar.collector.integration.messages.Destination;

/**
 * Where a request came from.
 *
 * @param reply where its answer goes when it names no address
 */
public record Channel(Destination.Kind kind, Destination reply) {
    public static final Channel HTTP = new Channel(Destination.Kind.HTTP, Destination.kept());
    public static final Channel FOLDER = new Channel(Destination.Kind.FILE, Destination.folder());

    public static Channel jms(String replyQueue) {
        return new Channel(Destination.Kind.JMS, Destination.queue(replyQueue));
    }
}
