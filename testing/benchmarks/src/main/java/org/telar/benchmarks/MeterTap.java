package org.telar.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands on the TCP connection between a reader and its meter, hands every byte on and counts it, so that all ways of
 * reading are measured at the same place. Frames are told apart by the wrapper's header or by HDLC's flags.
 */
final class MeterTap implements AutoCloseable {
    private static final int CONNECT_MILLIS = 3000;
    private static final int WRAPPER_HEADER = 8;
    private static final int FLAG = 0x7E;

    private final ServerSocket server;
    private final InetSocketAddress meter;
    private final boolean hdlc;
    private final List<Integer> up = new ArrayList<>();
    private final List<Integer> down = new ArrayList<>();
    private final List<Socket> open = new ArrayList<>();
    private long bytesUp;
    private long bytesDown;

    /**
     * @param meter where the meter listens
     * @param hdlc frames of HDLC, else of the wrapper
     */
    MeterTap(InetSocketAddress meter, boolean hdlc) throws IOException {
        this.meter = meter;
        this.hdlc = hdlc;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("tap", this::accept);
    }

    /** For a channel. */
    URI address() {
        return URI.create("tcp://" + server.getInetAddress().getHostAddress() + ":" + port());
    }

    int port() {
        return server.getLocalPort();
    }

    /**
     * What passed since {@link #reset}.
     *
     * @param up sizes of the frames to the meter, bytes
     * @param down sizes of the frames from it
     */
    record Count(List<Integer> up, List<Integer> down, long bytesUp, long bytesDown) {
        long bytes() {
            return bytesUp + bytesDown;
        }

        int frames() {
            return up.size() + down.size();
        }
    }

    synchronized void reset() {
        up.clear();
        down.clear();
        bytesUp = 0;
        bytesDown = 0;
    }

    synchronized Count count() {
        return new Count(List.copyOf(up), List.copyOf(down), bytesUp, bytesDown);
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket reader = server.accept();
            Socket wire = new Socket();
            keep(reader, wire);
            wire.connect(meter, CONNECT_MILLIS);
            start("tap-up", () -> pump(reader, wire, true));
            start("tap-down", () -> pump(wire, reader, false));
        }
    }

    private synchronized void keep(Socket reader, Socket wire) throws IOException {
        reader.setTcpNoDelay(true);
        wire.setTcpNoDelay(true);
        open.add(reader);
        open.add(wire);
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException closed) {
                        // The connection is over; whoever used it is told by it.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void pump(Socket from, Socket to, boolean upwards) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                // Counted before it is handed on: whoever has an answer finds it counted.
                for (int i = 0; i < n; i++) {
                    frame.write(buffer[i]);
                    if (ends(frame)) {
                        frame(upwards, frame.size());
                        frame.reset();
                    }
                }
                bytes(upwards, n);
                out.write(buffer, 0, n);
            }
        }
    }

    private boolean ends(ByteArrayOutputStream frame) {
        if (hdlc) {
            byte[] bytes = frame.size() < 3 ? new byte[0] : frame.toByteArray();
            // 7E, format type and length (11 bits, without flags).
            return bytes.length > 2
                    && (bytes[0] & 0xFF) == FLAG
                    && bytes.length == ((bytes[1] & 0x07) << 8 | bytes[2] & 0xFF) + 2;
        }
        if (frame.size() < WRAPPER_HEADER) {
            return false;
        }
        byte[] bytes = frame.toByteArray();
        return bytes.length == WRAPPER_HEADER + ((bytes[6] & 0xFF) << 8 | bytes[7] & 0xFF);
    }

    private synchronized void frame(boolean upwards, int size) {
        (upwards ? up : down).add(size);
    }

    private synchronized void bytes(boolean upwards, int count) {
        if (upwards) {
            bytesUp += count;
        } else {
            bytesDown += count;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
