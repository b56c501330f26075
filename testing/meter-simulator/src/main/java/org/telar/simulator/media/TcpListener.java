package org.telar.simulator.media;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

import org.telar.simulator.fleet.Medium;

/** One thread and one selector that accept and serve TCP connections on any number of ports of the loopback. */
final class TcpListener implements Closeable {
    private static final int BACKLOG = 200;
    private static final int MAX_BACKLOG_BYTES = 4 << 20;
    private static final int READ = 8192;

    private record Port(Medium medium, Supplier<Wire> wires) {}

    private final Selector selector;
    private final Traffic traffic;
    private final Queue<Connection> arriving = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(READ);
    private final byte[] bytes = new byte[READ];
    private volatile TcpListener next = this;
    private volatile boolean closed;

    TcpListener(String name, Traffic traffic) throws IOException {
        this.selector = Selector.open();
        this.traffic = traffic;
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Connections are handed round a ring of listeners. */
    void handOver(TcpListener other) {
        next = other;
    }

    /** Opens a port. */
    void listen(int port, Medium medium, Supplier<Wire> wires) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(java.net.StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        } catch (IOException e) {
            server.close();
            throw new IOException("port " + port + " on 127.0.0.1 cannot be opened: " + e.getMessage(), e);
        }
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT, new Port(medium, wires));
        selector.wakeup();
    }

    private void run() {
        TcpListener target = this;
        while (!closed) {
            try {
                selector.select();
                for (Connection c = arriving.poll(); c != null; c = arriving.poll()) {
                    c.key = c.channel.register(selector, SelectionKey.OP_READ, c);
                    open(c);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isValid() && key.attachment() instanceof Port port) {
                        target = target.next;
                        target.accept((ServerSocketChannel) key.channel(), port);
                    } else if (key.isValid()) {
                        serve((Connection) key.attachment());
                    }
                }
                selector.selectedKeys().clear();
            } catch (ClosedSelectorException e) {
                return;
            } catch (IOException | RuntimeException e) {
                System.err.println("TCP: " + e);
            }
        }
    }

    private void accept(ServerSocketChannel server, Port port) throws IOException {
        SocketChannel channel = server.accept();
        if (channel == null) {
            return;
        }
        channel.configureBlocking(false);
        channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
        arriving.add(new Connection(channel, port.medium, port.wires.get()));
        selector.wakeup();
    }

    private static void open(Connection connection) {
        try {
            connection.wire.opened(connection);
        } catch (IOException e) {
            connection.close();
        }
    }

    private void serve(Connection connection) {
        try {
            if (connection.key.isWritable()) {
                connection.flush();
            }
            if (connection.key.isReadable()) {
                buffer.clear();
                int count = connection.channel.read(buffer);
                if (count < 0) {
                    connection.close();
                    return;
                }
                buffer.flip().get(bytes, 0, count);
                traffic.in(connection.medium, count);
                connection.wire.received(bytes, count, connection);
            }
        } catch (IOException | RuntimeException e) {
            // A real meter's modem just hangs up; the client sees the end of the stream.
            connection.close();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private final class Connection implements Wire.Sink {
        private final SocketChannel channel;
        private final Medium medium;
        private final Wire wire;
        private final Queue<ByteBuffer> unsent = new java.util.ArrayDeque<>();
        private int unsentBytes;
        private SelectionKey key;

        Connection(SocketChannel channel, Medium medium, Wire wire) {
            this.channel = channel;
            this.medium = medium;
            this.wire = wire;
        }

        @Override
        public synchronized void send(byte[] reply) throws IOException {
            unsent.add(ByteBuffer.wrap(reply));
            unsentBytes += reply.length;
            traffic.out(medium, reply.length);
            flush();
            if (unsentBytes > MAX_BACKLOG_BYTES) {
                throw new IOException("client does not read");
            }
        }

        synchronized void flush() throws IOException {
            while (!unsent.isEmpty()) {
                ByteBuffer head = unsent.peek();
                unsentBytes -= channel.write(head);
                if (head.hasRemaining()) {
                    break;
                }
                unsent.remove();
            }
            int wanted = unsent.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            if (key.isValid() && key.interestOps() != wanted) {
                key.interestOps(wanted);
                // A late reply comes from another thread, while the selector waits for what it knew before.
                selector.wakeup();
            }
        }

        @Override
        public void hangUp() {
            close();
        }

        void close() {
            key.cancel();
            wire.closed();
            try {
                channel.close();
            } catch (IOException e) {
                // Already gone.
            }
        }
    }
}
