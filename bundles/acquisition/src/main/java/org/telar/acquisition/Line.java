package org.telar.acquisition;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

import org.telar.api.channel.Channel;

/**
 * The channels of one medium: one that all sessions share (a line), or one a session, kept and used again (IP). Opening
 * is left alone for a while after it failed. Thread-safe.
 */
final class Line {
    /** How a channel is opened. */
    interface Opener {
        Channel open() throws IOException;
    }

    private static final long FIRST_PAUSE = Duration.ofMillis(250).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(30).toNanos();

    private final boolean shared;
    private final Opener opener;
    private final Deque<Channel> free = new ArrayDeque<>();
    private final Set<Channel> all = new HashSet<>();
    private Channel line;
    private int failures;
    private long downSince;
    private long retryAt;
    private String reason = "";

    Line(boolean shared, Opener opener) {
        this.shared = shared;
        this.opener = opener;
    }

    /** An open channel: the line, one that was kept, or a new one. */
    Channel take(long now) throws IOException {
        synchronized (this) {
            if (shared && line != null && line.isOpen()) {
                return line;
            }
            while (!shared && !free.isEmpty()) {
                Channel kept = free.pop();
                if (kept.isOpen()) {
                    return kept;
                }
                all.remove(kept);
            }
            if (shared) {
                // Under the lock, so that a line is never opened twice.
                line = open(now);
                return line;
            }
        }
        return open(now);
    }

    private Channel open(long now) throws IOException {
        try {
            Channel channel = opener.open();
            synchronized (this) {
                failures = 0;
                all.removeIf(c -> !c.isOpen());
                all.add(channel);
            }
            return channel;
        } catch (IOException e) {
            failed(now, e);
            throw e;
        }
    }

    private synchronized void failed(long now, IOException e) {
        if (failures == 0) {
            downSince = now;
        }
        retryAt = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(failures, 10));
        failures++;
        reason = e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Gives a channel back after a visit. A suspect one (late answers may follow) is closed unless it is the line. */
    synchronized void give(Channel channel, boolean suspect) {
        if (shared) {
            return;
        }
        if (suspect || !channel.isOpen()) {
            channel.close();
            all.remove(channel);
        } else {
            free.push(channel);
        }
    }

    /** Closes the line so that the next visit opens it again: nobody on it answers any more. */
    synchronized void reopen() {
        if (line != null) {
            line.close();
            all.remove(line);
            line = null;
        }
    }

    /** Nanoseconds until the next try to open, 0 when it may be tried now. */
    synchronized long pause(long now) {
        return failures == 0 ? 0 : Math.max(0, retryAt - now);
    }

    /** How long nothing could be opened, nanoseconds; 0 when the last opening worked. */
    synchronized long down(long now) {
        return failures == 0 ? 0 : Math.max(1, now - downSince);
    }

    synchronized String reason() {
        return reason;
    }

    synchronized void close() {
        all.forEach(Channel::close);
        all.clear();
        free.clear();
        line = null;
    }
}
