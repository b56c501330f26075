package org.telar.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The wide area network between gateway and centre: a TCP proxy that counts bytes and can be cut. While cut it resets
 * what was open and refuses what is new. Thread-safe.
 */
public final class WanProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    private static final int CONNECT_MILLIS = 3000;

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private volatile boolean cut;

    private WanProxy(ServerSocket server, InetSocketAddress target) {
        this.server = server;
        this.target = target;
    }

    /** @param port where the gateway connects, on the loopback interface; 0 takes a free one */
    public static WanProxy start(int port, int targetPort) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        WanProxy proxy = new WanProxy(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
        thread("wan-accept", proxy::accept);
        return proxy;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Bytes from gateway to centre, on the socket (TLS included). */
    public long bytesUp() {
        return up.get();
    }

    /** Bytes from centre to gateway. */
    public long bytesDown() {
        return down.get();
    }

    /** Connections accepted so far. */
    public long connections() {
        return connections.get();
    }

    /** Cuts the link. */
    public void cut() {
        cut = true;
        open.forEach(WanProxy::reset);
    }

    /** Joins the link again. */
    public void restore() {
        cut = false;
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(WanProxy::reset);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket gateway = server.accept();
                if (cut) {
                    reset(gateway);
                } else {
                    connections.incrementAndGet();
                    open.add(gateway);
                    thread("wan-connect", () -> join(gateway));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void join(Socket gateway) {
        Socket centre = new Socket();
        open.add(centre);
        try {
            centre.connect(target, CONNECT_MILLIS);
            gateway.setTcpNoDelay(true);
            centre.setTcpNoDelay(true);
            thread("wan-up", () -> copy(gateway, centre, up));
            copy(centre, gateway, down);
        } catch (IOException unreachable) {
            end(gateway, centre);
        }
    }

    private void copy(Socket from, Socket to, AtomicLong count) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0 && !cut; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                count.addAndGet(n);
            }
            if (!cut) {
                // One side said all it had; what is on its way to it may still arrive.
                to.shutdownOutput();
                if (from.isOutputShutdown()) {
                    open.remove(from);
                    open.remove(to);
                    from.close();
                    to.close();
                }
                return;
            }
        } catch (IOException lost) {
            System.getLogger(WanProxy.class.getName()).log(System.Logger.Level.TRACE, "connection lost", lost);
        }
        end(from, to);
    }

    private void end(Socket a, Socket b) {
        open.remove(a);
        open.remove(b);
        reset(a);
        reset(b);
    }

    /** Closes with a reset, as a lost link would show after a while. */
    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            System.getLogger(WanProxy.class.getName()).log(System.Logger.Level.TRACE, "closing", alreadyClosed);
        }
    }

    private static void thread(String name, Runnable work) {
        Thread t = new Thread(work, name);
        t.setDaemon(true);
        t.start();
    }
}
