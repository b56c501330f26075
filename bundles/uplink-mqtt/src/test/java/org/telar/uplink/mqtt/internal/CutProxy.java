package org.telar.uplink.mqtt.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP proxy that can cut, refuse and stall. */
final class CutProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean refusing;
    private volatile boolean stalled;

    CutProxy(int target) throws IOException {
        this(target, "127.0.0.1");
    }

    CutProxy(int target, String host) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getByName(host));
        run("accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    int accepted() {
        return accepted.get();
    }

    /** Cuts every connection; new ones are cut at once until {@link #restore}. */
    void cut() {
        refusing = true;
        open.forEach(CutProxy::closeQuietly);
        open.clear();
    }

    /** Holds back every byte of the connections that are open now and later: half-open links. */
    void stall() {
        stalled = true;
    }

    void restore() {
        refusing = false;
        stalled = false;
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket from = server.accept();
            accepted.incrementAndGet();
            if (refusing) {
                closeQuietly(from);
                continue;
            }
            try {
                Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(from);
                open.add(to);
                run("up", () -> pump(from, to));
                run("down", () -> pump(to, from));
            } catch (IOException nobodyThere) {
                closeQuietly(from);
            }
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[8192];
        boolean swallowing = false;
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                // What met a stall once is lost for ever: the connection is half-open, not slow.
                swallowing |= stalled;
                if (!swallowing) {
                    out.write(buffer, 0, n);
                }
            }
        }
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void run(String name, Body body) {
        Thread t = new Thread(
                () -> {
                    try {
                        body.run();
                    } catch (IOException ended) {
                        // a connection or the proxy ended
                    }
                },
                "proxy-" + name);
        t.setDaemon(true);
        t.start();
    }

    private static void closeQuietly(Socket s) {
        try {
            s.setSoLinger(true, 0);
            s.close();
        } catch (IOException gone) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(CutProxy::closeQuietly);
    }
}
