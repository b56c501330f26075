package org.telar.simulator.media;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

import com.sun.jna.Native;
import org.telar.simulator.fleet.Medium;

/**
 * A pseudo terminal that we open ourselves, in raw mode, with a link to its slave. The slave is held open, so that
 * reading does not fail when a client closes it. One thread.
 */
final class PtyLine implements Closeable {
    private static final int NAME = 128;
    private static final int BUFFER = 4096;
    private static final int POLL_MILLIS = 200;
    private static final int WRITE_MILLIS = 2000;
    private static final long STACK = 256 << 10;

    private final CLibrary c = CLibrary.C;
    private final Path link;
    private final Wire wire;
    private final Traffic traffic;
    private final int master;
    private final int slave;
    private final Thread thread;
    private volatile boolean closed;

    PtyLine(Path link, Wire wire, Traffic traffic) throws IOException {
        this.link = link;
        this.wire = wire;
        this.traffic = traffic;
        master = check(c.posix_openpt(CLibrary.O_RDWR | CLibrary.O_NOCTTY), "posix_openpt");
        check(c.grantpt(master), "grantpt");
        check(c.unlockpt(master), "unlockpt");
        byte[] name = new byte[NAME];
        check(-c.ptsname_r(master, name, NAME), "ptsname_r");
        String path = Native.toString(name);
        slave = check(c.open(path, CLibrary.O_RDWR | CLibrary.O_NOCTTY), "open " + path);
        byte[] termios = new byte[CLibrary.TERMIOS_SIZE];
        check(c.tcgetattr(slave, termios), "tcgetattr");
        c.cfmakeraw(termios);
        check(c.tcsetattr(slave, CLibrary.TCSANOW, termios), "tcsetattr");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(path));
        thread = new Thread(null, this::run, link.getFileName().toString(), STACK);
        thread.setDaemon(true);
        thread.start();
    }

    private int check(int result, String call) throws IOException {
        if (result < 0) {
            throw new IOException(
                    "no pseudo terminal for " + link + ": " + call + " failed, errno " + Native.getLastError());
        }
        return result;
    }

    private void run() {
        CLibrary.PollFd ready = new CLibrary.PollFd();
        byte[] buffer = new byte[BUFFER];
        while (!closed) {
            try {
                if (await(ready, CLibrary.POLLIN, POLL_MILLIS)) {
                    int count = check((int) c.read(master, buffer, BUFFER), "read");
                    traffic.in(Medium.PTY, count);
                    wire.received(buffer, count, this::send);
                } else {
                    // Our open slave would keep the exclusive mode of a client that was killed.
                    c.ioctl(slave, CLibrary.TIOCNXCL);
                }
            } catch (IOException | RuntimeException e) {
                // One bad exchange does not take a line down; the client will time out and try again.
                System.err.println(link + ": " + e);
            }
        }
    }

    private boolean await(CLibrary.PollFd ready, short events, int millis) {
        ready.fd = master;
        ready.events = events;
        ready.revents = 0;
        boolean ok = c.poll(ready, 1, millis) > 0 && (ready.revents & events) != 0;
        if (!ok && ready.revents != 0) {
            // An error condition makes poll return at once: do not spin on it.
            LockSupport.parkNanos(millis * 1_000_000L);
        }
        return ok;
    }

    private synchronized void send(byte[] bytes) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        CLibrary.PollFd ready = new CLibrary.PollFd();
        byte[] rest = bytes;
        while (rest.length > 0) {
            if (!await(ready, CLibrary.POLLOUT, WRITE_MILLIS)) {
                throw new IOException("nobody reads; dropped " + rest.length + " bytes");
            }
            // Small pieces, or a full terminal buffer would block us for good.
            int piece = Math.min(rest.length, 256);
            int written = check((int) c.write(master, rest, piece), "write");
            traffic.out(Medium.PTY, written);
            rest = Arrays.copyOfRange(rest, written, rest.length);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            thread.join(2L * WRITE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(link);
        c.close(slave);
        c.close(master);
    }
}
