package org.telar.simulator.media;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.telar.simulator.fleet.Medium;

/** One UDP port on the loopback, by IPv4 and where there is one by IPv6: one wrapper frame a datagram. One thread. */
final class UdpPort implements Closeable {
    private static final int MAX_CLIENTS = 20_000;
    private static final int BUFFER = 4 << 20;

    private final Selector selector = Selector.open();
    private final List<DatagramChannel> channels = new ArrayList<>();
    private final Traffic traffic;
    private final Supplier<Wire> wires;
    private final Map<SocketAddress, Wire> clients = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SocketAddress, Wire> eldest) {
            return size() > MAX_CLIENTS;
        }
    };

    /** @param hosts addresses to bind, all of which must exist */
    UdpPort(int port, List<String> hosts, Traffic traffic, Supplier<Wire> wires) throws IOException {
        this.traffic = traffic;
        this.wires = wires;
        try {
            for (String host : hosts) {
                bind(new InetSocketAddress(host, port));
            }
        } catch (IOException e) {
            close();
            throw new IOException("UDP port " + port + " on the loopback cannot be opened: " + e.getMessage(), e);
        }
        Thread thread = new Thread(this::run, "udp");
        thread.setDaemon(true);
        thread.start();
    }

    private void bind(InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channels.add(channel);
        // Hundreds of answers may leave at once.
        channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
        channel.bind(address);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(0x1_0000);
        while (selector.isOpen()) {
            try {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    receive((DatagramChannel) key.channel(), buffer);
                }
                selector.selectedKeys().clear();
            } catch (ClosedSelectorException e) {
                return;
            } catch (IOException | RuntimeException e) {
                // One datagram that makes no sense does not take the port down.
            }
        }
    }

    private void receive(DatagramChannel channel, ByteBuffer buffer) throws IOException {
        for (SocketAddress from = channel.receive(buffer.clear());
                from != null;
                from = channel.receive(buffer.clear())) {
            byte[] datagram = new byte[buffer.flip().remaining()];
            buffer.get(datagram);
            traffic.in(Medium.UDP, datagram.length);
            SocketAddress client = from;
            Wire wire = clients.computeIfAbsent(client, c -> wires.get());
            wire.received(datagram, datagram.length, reply -> {
                traffic.out(Medium.UDP, reply.length);
                channel.send(ByteBuffer.wrap(reply), client);
            });
        }
    }

    /** Sends a datagram from this port. */
    void send(byte[] datagram, InetSocketAddress to) throws IOException {
        boolean six = to.getAddress() instanceof java.net.Inet6Address;
        if (six && channels.size() < 2) {
            throw new IOException("this machine has no ::1");
        }
        traffic.out(Medium.UDP, datagram.length);
        channels.get(six ? 1 : 0).send(ByteBuffer.wrap(datagram), to);
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
