package org.telar.uplink.mqtt.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of an MQTT 5 broker as it takes to say no: CONNACK, SUBACK and PUBACK with reasons of the test's choice, and a
 * DISCONNECT for a publish that is too large and of which the CONNACK said nothing.
 */
final class RefusingBroker implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger connects = new AtomicInteger();
    private final AtomicInteger publishes = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger mostWaiting = new AtomicInteger();
    volatile int connectReason;
    volatile int subscribeReason = 1;
    volatile int publishReason;
    volatile int largestSilently = Integer.MAX_VALUE;
    volatile int receiveMaximum;
    volatile boolean answersPublishes = true;

    RefusingBroker() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    int connects() {
        return connects.get();
    }

    /** Publishes on topics of batches. */
    int publishes() {
        return publishes.get();
    }

    /** Most publishes that were unanswered at once. */
    int mostWaiting() {
        return mostWaiting.get();
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket socket = server.accept();
            open.add(socket);
            start(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        while (true) {
            int head = in.readUnsignedByte();
            int length = varint(in);
            byte[] body = in.readNBytes(length);
            switch (head >> 4) {
                case 1 -> connack(out);
                case 3 -> {
                    if (length > largestSilently) {
                        send(out, 0xE0, new byte[] {(byte) 0x95, 0});
                        socket.close();
                        return;
                    }
                    puback(out, head, body);
                }
                case 8 -> send(out, 0x90, new byte[] {body[0], body[1], 0, (byte) subscribeReason});
                case 12 -> send(out, 0xD0, new byte[0]);
                default -> {
                    // DISCONNECT, PUBACK: nothing to say
                }
            }
        }
    }

    private void connack(OutputStream out) throws IOException {
        connects.incrementAndGet();
        waiting.set(0);
        ByteArrayOutputStream ack = new ByteArrayOutputStream();
        ack.write(0);
        ack.write(connectReason);
        ack.write(receiveMaximum == 0 ? 0 : 3);
        if (receiveMaximum != 0) {
            ack.write(0x21);
            ack.write(receiveMaximum >> 8);
            ack.write(receiveMaximum);
        }
        send(out, 0x20, ack.toByteArray());
    }

    private void puback(OutputStream out, int head, byte[] body) throws IOException {
        int topic = (body[0] & 0xFF) << 8 | body[1] & 0xFF;
        boolean status = new String(body, 2, topic).endsWith("status");
        publishes.addAndGet(status ? 0 : 1);
        mostWaiting.accumulateAndGet(waiting.incrementAndGet(), Math::max);
        if ((head >> 1 & 3) > 0 && (answersPublishes || status)) {
            waiting.decrementAndGet();
            int reason = status ? 0 : publishReason;
            send(out, 0x40, new byte[] {body[2 + topic], body[3 + topic], (byte) reason, 0});
        }
    }

    private static void send(OutputStream out, int head, byte[] body) throws IOException {
        byte[] packet = new byte[body.length + 2];
        packet[0] = (byte) head;
        packet[1] = (byte) body.length;
        System.arraycopy(body, 0, packet, 2, body.length);
        out.write(packet);
        out.flush();
    }

    private static int varint(DataInputStream in) throws IOException {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int b = in.readUnsignedByte();
            value |= (b & 0x7F) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw new IOException("bad length");
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void start(Body body) {
        Thread t = new Thread(() -> {
            try {
                body.run();
            } catch (IOException ended) {
                // a connection ended
            }
        });
        t.setDaemon(true);
        t.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket s : open) {
            s.close();
        }
    }
}
