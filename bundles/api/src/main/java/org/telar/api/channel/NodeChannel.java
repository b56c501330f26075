package org.telar.api.channel;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A channel to a network whose nodes come and go, such as a PRIME base node. Bytes are DLMS wrapper frames whose server
 * address is the node's id. Nodes may be asked for by any thread.
 */
public interface NodeChannel extends Channel {
    /**
     * A node of the network. Ids are reused: a node is who its identity says (D1).
     *
     * @param id address on the network now, 1..65535
     * @param capabilities as the network told, 16 bits
     * @param identity DLMS identity of the meter
     * @param eui48 hardware address, twelve hexadecimal digits in capitals
     */
    record Node(int id, int capabilities, String identity, String eui48) {}

    /** All that are on the network now, by id. */
    List<Node> nodes();

    /** The node with this identity or EUI-48; soon after the opening, waits a little for the network to tell. */
    Optional<Node> node(String name);

    /** The node with this id. */
    Optional<Node> node(int id);

    /** Puts a node off the network, so that it registers anew. */
    void remove(Node node) throws IOException;

    /** Whether the network ends a node's association when it leaves. */
    void autoClose(Node node, boolean on) throws IOException;
}
