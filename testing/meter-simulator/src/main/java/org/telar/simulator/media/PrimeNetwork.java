package org.telar.simulator.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/**
 * A PRIME base node: which meters have joined under which node id, and the one host connection that is told. Node ids are
 * reused: the lowest free one is given. Thread safe.
 */
public final class PrimeNetwork {
    /** What a base node says of itself; nodes have higher ids. */
    static final int BASE_NODE = 0;

    static final int HOST = 1;
    static final int BROADCAST = 0x7F;

    private static final byte NEW_DEVICE = 1;
    private static final byte REMOVE_DEVICE = 2;
    /** Connection types of a switchable terminal with the 4-32 convergence layer and ARQ. */
    private static final int CAPABILITIES = 0x0301;

    private final Fleet fleet;
    private final Answers answers;
    private final Set<Integer> autoClose = new HashSet<>();
    private Optional<Wire.Sink> host = Optional.empty();
    private boolean notifying;

    PrimeNetwork(Services services) {
        this.fleet = services.fleet();
        this.answers = new Answers(services.pdu(), services.traffic());
    }

    /** Takes the one host connection; an earlier one is hung up, so that a host whose line broke can come back. */
    synchronized void attach(Wire.Sink sink) {
        if (host.isPresent()) {
            Wire.Sink earlier = host.get();
            detach(earlier);
            earlier.hangUp();
        }
        host = Optional.of(sink);
    }

    /** The host has gone; nodes with auto-close lose their associations. */
    synchronized void detach(Wire.Sink sink) {
        if (host.isPresent() && host.get() == sink) {
            host = Optional.empty();
            notifying = false;
            for (int node : autoClose) {
                fleet.at(Medium.PRIME, 0, node).ifPresent(answers::forget);
            }
        }
    }

    /** Tells the host of all nodes, and from now on of every change. */
    synchronized void report() throws IOException {
        notifying = true;
        for (Map.Entry<Integer, Meter> node : nodes().entrySet()) {
            tell(newDevice(node.getKey(), node.getValue()));
        }
    }

    /** Nodes by id, ascending. */
    public Map<Integer, Meter> nodes() {
        return fleet.addresses(Medium.PRIME);
    }

    /** True if associations of this node end with the host connection. */
    public synchronized boolean autoClose(int node) {
        return autoClose.contains(node);
    }

    /** Switches auto-close for one node, or for all. */
    synchronized void autoClose(OptionalInt node, boolean on) {
        Set<Integer> nodes = node.isPresent() ? Set.of(node.getAsInt()) : new LinkedHashMap<>(nodes()).keySet();
        if (on) {
            autoClose.addAll(nodes);
        } else {
            autoClose.removeAll(nodes);
        }
    }

    synchronized Optional<byte[]> answer(Meter meter, int client, byte[] apdu) {
        return answers.answer(meter, client, apdu);
    }

    /**
     * A meter joins.
     *
     * @param wanted node id; the lowest free one if empty
     * @return its node id
     */
    public synchronized int join(Meter meter, OptionalInt wanted) throws IOException {
        int node = fleet.join(meter, wanted);
        answers.forget(meter);
        tell(newDevice(node, meter));
        return node;
    }

    /** A meter leaves, or is thrown out by the host; its node id is free again. */
    public synchronized void leave(Meter meter) throws IOException {
        int node = fleet.leave(meter);
        autoClose.remove(node);
        answers.forget(meter);
        tell(ByteBuffer.allocate(3).put(REMOVE_DEVICE).putShort((short) node).array());
    }

    /** Sends something to the host as a node. */
    synchronized void send(int node, int client, byte[] apdu) throws IOException {
        host.orElseThrow(() -> new IOException("the base node has no host"))
                .send(new WrapperFrame(node, client, apdu).bytes());
    }

    private void tell(byte[] notification) throws IOException {
        if (notifying && host.isPresent()) {
            host.get().send(new WrapperFrame(BASE_NODE, HOST, notification).bytes());
        }
    }

    private static byte[] newDevice(int node, Meter meter) {
        byte[] name = meter.spec().identity().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(6 + name.length + 6);
        out.put(NEW_DEVICE).putShort((short) node).putShort((short) CAPABILITIES);
        out.put((byte) name.length).put(name).put(meter.spec().eui48());
        return out.array();
    }
}
