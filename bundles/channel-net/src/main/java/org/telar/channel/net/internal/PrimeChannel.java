package org.telar.channel.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.Channel;
import org.telar.api.channel.NodeChannel;
import org.telar.api.channel.NodeListener;

/**
 * The one host connection to a PRIME base-node service: DLMS wrapper frames on TCP, those of address 0 being the network's
 * own. A thread of its own takes what comes, so that joins and leaves are heard of while nobody reads; the frames of
 * meters wait in a bounded queue.
 */
final class PrimeChannel implements NodeChannel {
    private static final Logger LOG = LoggerFactory.getLogger(PrimeChannel.class);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int HOST = 1;
    private static final int BASE_NODE = 0;
    private static final byte LIST = 3;
    private static final byte REMOVE = 4;
    private static final byte CLOSE_ON = 5;
    private static final byte CLOSE_OFF = 6;

    /** Bytes of meters' frames that nobody has read yet; the oldest go first. */
    private static final int MOST_WAITING = 256 * 1024;

    /** The list of nodes comes right after the opening, without an end of its own. */
    private static final long LIST_NANOS = Duration.ofSeconds(3).toNanos();

    private final URI network;
    private final Channel line;
    private final NodeListener listener;
    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final long openedAt = System.nanoTime();
    private int waitingBytes;
    private byte[] rest = {};

    /** @param line the open connection; closed with this channel */
    PrimeChannel(URI network, Channel line, NodeListener listener) throws IOException {
        this.network = network;
        this.line = line;
        this.listener = listener;
        line.write(PrimeFrames.frame(HOST, BASE_NODE, new byte[] {LIST}));
        Thread reader = new Thread(this::take, "prime-" + network.getAuthority());
        reader.setDaemon(true);
        reader.start();
    }

    private void take() {
        PrimeFrames frames = new PrimeFrames();
        byte[] chunk = new byte[8192];
        try {
            while (line.isOpen()) {
                try {
                    frames.feed(chunk, line.read(chunk, IDLE));
                } catch (SocketTimeoutException idle) {
                    continue;
                }
                for (PrimeFrames.Frame f = frames.next(); f != null; f = frames.next()) {
                    if (f.source() == BASE_NODE && f.destination() == HOST) {
                        told(f.content());
                    } else {
                        queue(PrimeFrames.frame(f.source(), f.destination(), f.content()));
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: {}", network, e.toString());
        } finally {
            close();
        }
    }

    private void told(byte[] content) {
        Optional<PrimeFrames.Change> change = PrimeFrames.change(content);
        if (change.isEmpty()) {
            LOG.warn("{} told something that is not understood: {} bytes", network, content.length);
            return;
        }
        Optional<Node> left;
        synchronized (this) {
            left = Optional.ofNullable(nodes.remove(change.get().id()));
            change.get().joined().ifPresent(n -> nodes.put(n.id(), n));
            notifyAll();
        }
        Optional<Node> joined = change.get().joined();
        // An id that is given to another node without a word means that the one before has left.
        left.filter(n -> joined.map(j -> !j.identity().equals(n.identity())).orElse(true))
                .ifPresent(n -> listener.left(network, n));
        joined.ifPresent(n -> listener.joined(network, n));
    }

    private synchronized void queue(byte[] frame) {
        waiting.add(frame);
        waitingBytes += frame.length;
        while (waitingBytes > MOST_WAITING) {
            waitingBytes -= waiting.removeFirst().length;
            LOG.warn("{}: frames that nobody reads are dropped", network);
        }
        notifyAll();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        line.write(bytes);
    }

    @Override
    public synchronized int read(byte[] into, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (rest.length == 0 && waiting.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (!line.isOpen()) {
                throw new EOFException("the base node at " + network + " closed the connection");
            }
            if (left <= 0) {
                throw new SocketTimeoutException("nothing from " + network + " within " + timeout);
            }
            await(left);
        }
        if (rest.length == 0) {
            rest = waiting.removeFirst();
            waitingBytes -= rest.length;
        }
        ByteBuffer frame = ByteBuffer.wrap(rest);
        int count = Math.min(into.length, rest.length);
        frame.get(into, 0, count);
        rest = new byte[frame.remaining()];
        frame.get(rest);
        return count;
    }

    private void await(long nanos) throws InterruptedIOException {
        try {
            wait(nanos / 1_000_000 + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + network);
        }
    }

    @Override
    public synchronized List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    @Override
    public synchronized Optional<Node> node(String name) {
        while (true) {
            Optional<Node> found = nodes.values().stream()
                    .filter(n -> n.identity().equals(name) || n.eui48().equalsIgnoreCase(name))
                    .findFirst();
            long left = openedAt + LIST_NANOS - System.nanoTime();
            if (found.isPresent() || left <= 0 || !line.isOpen()) {
                return found;
            }
            try {
                await(left);
            } catch (InterruptedIOException e) {
                return Optional.empty();
            }
        }
    }

    @Override
    public synchronized Optional<Node> node(int id) {
        return Optional.ofNullable(nodes.get(id));
    }

    @Override
    public void remove(Node node) throws IOException {
        command(REMOVE, node);
    }

    @Override
    public void autoClose(Node node, boolean on) throws IOException {
        command(on ? CLOSE_ON : CLOSE_OFF, node);
    }

    private void command(byte code, Node node) throws IOException {
        byte[] content = {code, (byte) (node.id() >> 8), (byte) node.id()};
        line.write(PrimeFrames.frame(HOST, BASE_NODE, content));
    }

    @Override
    public boolean isOpen() {
        return line.isOpen();
    }

    @Override
    public void close() {
        line.close();
        synchronized (this) {
            notifyAll();
        }
    }

    @Override
    public String toString() {
        return "prime " + network;
    }
}
