package org.telar.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network between two processes: a TCP proxy that counts bytes, can be cut, and can be troubled: delay, loss, resets,
 * stall, corruption, throttling, and connections whose peer has vanished. Thread-safe.
 */
public final class TcpFaultProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    /** A segment of the wire: trouble strikes one of them at a time. */
    private static final int SEGMENT = 1400;

    private static final int CONNECT_MILLIS = 3000;
    /** Linux repeats a lost segment after 200 ms, then after twice as long, and so on. */
    private static final long RETRANSMISSION_MILLIS = 200;

    private static final int MOST_REPEATS = 5;
    private static final long LOOK_MILLIS = 20;

    private final ServerSocket server;
    private final Set<Joined> joined = ConcurrentHashMap.newKeySet();
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private volatile InetSocketAddress target;
    private volatile boolean cut;
    private volatile Trouble trouble = Trouble.NONE;

    /**
     * What ails the network, in both directions. Chances are for each segment of at most 1400 bytes.
     *
     * @param delay each segment is late by so much
     * @param loss chance, 0 to 1, that a segment is lost and waits for TCP's retransmission
     * @param reset chance that the connection is reset instead
     * @param corrupt chance that one bit of the segment is flipped
     * @param bytesPerSecond most that passes in one direction of one connection; 0 = no limit
     * @param stall nothing passes and nothing is refused, until it is over
     * @param seed own random numbers for each connection, so that a run repeats as far as timing lets it
     */
    public record Trouble(
            Duration delay, double loss, double reset, double corrupt, long bytesPerSecond, boolean stall, long seed) {
        public static final Trouble NONE = new Trouble(Duration.ZERO, 0, 0, 0, 0, false, 1);

        public Trouble withDelay(Duration other) {
            return new Trouble(other, loss, reset, corrupt, bytesPerSecond, stall, seed);
        }

        public Trouble withLoss(double other) {
            return new Trouble(delay, other, reset, corrupt, bytesPerSecond, stall, seed);
        }

        public Trouble withReset(double other) {
            return new Trouble(delay, loss, other, corrupt, bytesPerSecond, stall, seed);
        }

        public Trouble withCorrupt(double other) {
            return new Trouble(delay, loss, reset, other, bytesPerSecond, stall, seed);
        }

        public Trouble withRate(long other) {
            return new Trouble(delay, loss, reset, corrupt, other, stall, seed);
        }

        public Trouble withStall(boolean other) {
            return new Trouble(delay, loss, reset, corrupt, bytesPerSecond, other, seed);
        }

        public Trouble withSeed(long other) {
            return new Trouble(delay, loss, reset, corrupt, bytesPerSecond, stall, other);
        }
    }

    private TcpFaultProxy(ServerSocket server, InetSocketAddress target) {
        this.server = server;
        this.target = target;
    }

    /** @param port where clients connect, on the loopback interface; 0 takes a free one */
    public static TcpFaultProxy start(int port, int targetPort) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        TcpFaultProxy proxy = new TcpFaultProxy(server, loopback(targetPort));
        thread("proxy-accept", proxy::accept);
        return proxy;
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Bytes from client to server, on the socket (TLS included). */
    public long bytesUp() {
        return up.get();
    }

    /** Bytes from server to client. */
    public long bytesDown() {
        return down.get();
    }

    /** Connections accepted so far. */
    public long connections() {
        return connections.get();
    }

    /** Connections open now. */
    public int open() {
        return joined.size();
    }

    /** Cuts the link: what is open is reset, what is new is refused. */
    public void cut() {
        cut = true;
        resetAll();
    }

    /** Joins the link again. */
    public void restore() {
        cut = false;
    }

    /** Resets every open connection; new ones are welcome. */
    public void resetAll() {
        joined.forEach(Joined::end);
    }

    /** Whoever connects from now on reaches another port; what is open is reset. */
    public void retarget(int port) {
        target = loopback(port);
        resetAll();
    }

    /** From now on the network is like this, for open connections too. */
    public void trouble(Trouble now) {
        trouble = now;
    }

    /** No trouble any more. A cut stays. */
    public void calm() {
        trouble = Trouble.NONE;
    }

    /**
     * Both ends of every open connection lose each other for ever without hearing of it, as when a NAT forgets: what they
     * send is swallowed. New connections are well.
     */
    public void halfOpen() {
        joined.forEach(j -> j.swallowed = true);
    }

    @Override
    public void close() throws IOException {
        server.close();
        resetAll();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (cut) {
                    reset(client);
                } else {
                    Joined j = new Joined(client, connections.incrementAndGet());
                    joined.add(j);
                    thread("proxy-up", j::run);
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    /** One connection with its two halves. */
    private final class Joined {
        private final Socket client;
        private final Socket peer = new Socket();
        private final long number;
        private volatile boolean swallowed;
        private volatile boolean ended;

        Joined(Socket client, long number) {
            this.client = client;
            this.number = number;
        }

        void run() {
            try {
                peer.connect(target, CONNECT_MILLIS);
                client.setTcpNoDelay(true);
                peer.setTcpNoDelay(true);
                thread("proxy-down", () -> copy(peer, client, down, new Random(trouble.seed() * 31 + number)));
                copy(client, peer, up, new Random(trouble.seed() * 37 + number));
            } catch (IOException unreachable) {
                end();
            }
        }

        private void copy(Socket from, Socket to, AtomicLong count, Random random) {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = read(in, buffer); n >= 0 && !cut && !ended; n = read(in, buffer)) {
                    if (!swallowed && pass(buffer, n, random)) {
                        out.write(buffer, 0, n);
                        count.addAndGet(n);
                    }
                }
                if (!cut && !ended && !swallowed) {
                    // One side said all it had; what is on its way to it may still arrive.
                    to.shutdownOutput();
                    if (from.isOutputShutdown()) {
                        joined.remove(this);
                        from.close();
                        to.close();
                    }
                    return;
                }
                if (swallowed && !ended) {
                    // The other end must not hear of this one's end.
                    from.close();
                    return;
                }
            } catch (IOException lost) {
                if (swallowed && !ended) {
                    return;
                }
                System.getLogger(TcpFaultProxy.class.getName()).log(System.Logger.Level.TRACE, "connection lost", lost);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
            end();
        }

        private int read(InputStream in, byte[] buffer) throws IOException {
            return in.read(buffer, 0, trouble == Trouble.NONE ? buffer.length : SEGMENT);
        }

        /** Lets one segment through what ails the network now. @return false when it must not go on */
        private boolean pass(byte[] segment, int length, Random random) throws IOException, InterruptedException {
            while (trouble.stall() && !ended && !cut && !swallowed) {
                Thread.sleep(LOOK_MILLIS);
            }
            Trouble t = trouble;
            if (t == Trouble.NONE) {
                return !swallowed;
            }
            if (random.nextDouble() < t.reset()) {
                throw new IOException("reset by trouble");
            }
            long wait = t.delay().toMillis();
            for (int repeat = 0; repeat < MOST_REPEATS && random.nextDouble() < t.loss(); repeat++) {
                wait += RETRANSMISSION_MILLIS << repeat;
            }
            if (t.bytesPerSecond() > 0) {
                wait += length * 1000L / t.bytesPerSecond();
            }
            rest(wait);
            if (random.nextDouble() < t.corrupt()) {
                segment[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
            }
            return !swallowed;
        }

        /** Sleeps, but no longer than the trouble lasts. */
        private void rest(long millis) throws InterruptedException {
            long end = System.nanoTime() + millis * 1_000_000;
            Trouble began = trouble;
            while (!ended && trouble == began && System.nanoTime() < end) {
                Thread.sleep(Math.min(LOOK_MILLIS, Math.max(1, (end - System.nanoTime()) / 1_000_000)));
            }
        }

        void end() {
            ended = true;
            joined.remove(this);
            reset(client);
            reset(peer);
        }
    }

    /** Closes with a reset, as a lost link would show after a while. */
    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            System.getLogger(TcpFaultProxy.class.getName()).log(System.Logger.Level.TRACE, "closing", alreadyClosed);
        }
    }

    private static void thread(String name, Runnable work) {
        Thread t = new Thread(work, name);
        t.setDaemon(true);
        t.start();
    }
}
