package org.telar.api.channel;

import java.net.URI;

/** Hears of nodes that join and leave a network. Thread-safe, returns at once, never throws. */
public interface NodeListener {
    /** Nobody listens. */
    NodeListener NONE = new NodeListener() {
        @Override
        public void joined(URI network, NodeChannel.Node node) {}

        @Override
        public void left(URI network, NodeChannel.Node node) {}
    };

    /** A node is there: it just joined, or it is on the list that the network gives when the channel opens. */
    void joined(URI network, NodeChannel.Node node);

    void left(URI network, NodeChannel.Node node);
}
