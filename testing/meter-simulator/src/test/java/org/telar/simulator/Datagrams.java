package org.telar.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** A connected UDP socket as a pair of streams: one datagram a read, one a write. */
final class Datagrams extends InputStream {
    private final DatagramSocket socket;

    Datagrams(String host, int port) throws IOException {
        socket = new DatagramSocket();
        socket.connect(new InetSocketAddress(host, port));
    }

    void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    @Override
    public int read() {
        throw new UnsupportedOperationException("whole datagrams only");
    }

    @Override
    public int read(byte[] bytes) throws IOException {
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        socket.receive(packet);
        return packet.getLength();
    }

    OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes) throws IOException {
                write(bytes, 0, bytes.length);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                socket.send(new DatagramPacket(Arrays.copyOfRange(bytes, from, from + length), length));
            }
        };
    }

    @Override
    public void close() {
        socket.close();
    }
}
