package org.telar.channel.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.Channel;

/** One TCP connection. One reader and one writer at a time; {@link #close()} from any thread ends a wait. */
final class TcpChannel implements Channel {
    private static final Logger LOG = LoggerFactory.getLogger(TcpChannel.class);

    /** A meter's request is at most a few kilobytes; a peer that does not take it in this time is stuck. */
    static final Duration WRITE_TIMEOUT = Duration.ofSeconds(20);

    private final SocketChannel socket;
    private final Waiter reading;
    private final Waiter writing;
    private final String name;

    private TcpChannel(SocketChannel socket, String name) throws IOException {
        this.socket = socket;
        this.name = name;
        this.reading = new Waiter(socket);
        this.writing = new Waiter(socket);
    }

    static TcpChannel connect(InetSocketAddress peer, Duration timeout) throws IOException {
        SocketChannel socket = SocketChannel.open();
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            TcpChannel channel = new TcpChannel(socket, peer.toString());
            if (!socket.connect(peer)) {
                channel.finishConnect(timeout);
            }
            return channel;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void finishConnect(Duration timeout) throws IOException {
        try {
            if (!writing.await(SelectionKey.OP_CONNECT, Waiter.deadline(timeout))) {
                throw new SocketTimeoutException("no connection to " + name + " within " + timeout);
            }
            socket.finishConnect();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        long deadline = Waiter.deadline(WRITE_TIMEOUT);
        try {
            while (left.hasRemaining()) {
                if (socket.write(left) == 0 && !writing.await(SelectionKey.OP_WRITE, deadline)) {
                    throw new SocketTimeoutException(name + " did not take " + bytes.length + " bytes within "
                            + WRITE_TIMEOUT + "; the connection is closed");
                }
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public int read(byte[] into, Duration timeout) throws IOException {
        long deadline = Waiter.deadline(timeout);
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (true) {
            int count = receive(buffer);
            if (count > 0) {
                return count;
            }
            if (!reading.await(SelectionKey.OP_READ, deadline)) {
                throw nothingCame(timeout);
            }
        }
    }

    private int receive(ByteBuffer buffer) throws IOException {
        try {
            int count = socket.read(buffer);
            if (count < 0) {
                throw new EOFException(name + " closed the connection");
            }
            return count;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private IOException nothingCame(Duration timeout) {
        if (Thread.currentThread().isInterrupted()) {
            return new InterruptedIOException("interrupted while waiting for " + name);
        }
        return isOpen()
                ? new SocketTimeoutException("nothing from " + name + " within " + timeout)
                : new EOFException("the connection to " + name + " was closed here");
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
        return "tcp " + name;
    }
}
