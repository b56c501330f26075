package org.telar.channel.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.Channel;

/**
 * Datagrams to and from one peer; what others send is dropped by the socket. A port that nobody listens on shows as an
 * {@link IOException} of the next read or write, the channel stays usable.
 */
final class UdpChannel implements Channel {
    private static final Logger LOG = LoggerFactory.getLogger(UdpChannel.class);

    private final DatagramChannel socket;
    private final Waiter reading;
    private final Waiter writing;
    private final String name;

    private UdpChannel(DatagramChannel socket, String name) throws IOException {
        this.socket = socket;
        this.name = name;
        this.reading = new Waiter(socket);
        this.writing = new Waiter(socket);
    }

    static UdpChannel connect(InetSocketAddress peer) throws IOException {
        DatagramChannel socket = DatagramChannel.open();
        try {
            socket.configureBlocking(false);
            socket.connect(peer);
            return new UdpChannel(socket, peer.toString());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        ByteBuffer datagram = ByteBuffer.wrap(bytes);
        long deadline = Waiter.deadline(TcpChannel.WRITE_TIMEOUT);
        while (socket.write(datagram) == 0 && bytes.length > 0) {
            if (!writing.await(SelectionKey.OP_WRITE, deadline)) {
                throw new SocketTimeoutException("no room to send to " + name);
            }
        }
    }

    /** One datagram; what does not fit into {@code into} is lost, as datagrams are. */
    @Override
    public int read(byte[] into, Duration timeout) throws IOException {
        long deadline = Waiter.deadline(timeout);
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (true) {
            int count = socket.read(buffer);
            if (count > 0) {
                return count;
            }
            if (!reading.await(SelectionKey.OP_READ, deadline)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while waiting for " + name);
                }
                throw isOpen()
                        ? new SocketTimeoutException("nothing from " + name + " within " + timeout)
                        : new EOFException("the channel to " + name + " was closed here");
            }
        }
    }

    @Override
    public boolean isDatagram() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        try (reading;
                writing;
                socket) {
            LOG.trace("closing {}", name);
        } catch (IOException e) {
            LOG.debug("closing {}: {}", name, e.toString());
        }
    }

    @Override
    public String toString() {
        return "udp " + name;
    }
}
