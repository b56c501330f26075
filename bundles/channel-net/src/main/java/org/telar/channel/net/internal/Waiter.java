package org.telar.channel.net.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.time.Duration;

/** Waits until one non-blocking socket is ready, or a deadline on the monotonic clock has passed. */
final class Waiter implements Closeable {
    private final Selector selector;
    private final SelectableChannel channel;

    Waiter(SelectableChannel channel) throws IOException {
        this.channel = channel;
        this.selector = Selector.open();
    }

    static long deadline(Duration timeout) {
        return System.nanoTime() + timeout.toNanos();
    }

    /** True when the socket is ready for {@code operation}; false when the deadline passed or it was closed. */
    boolean await(int operation, long deadline) throws IOException {
        channel.register(selector, operation);
        while (selector.isOpen() && !Thread.currentThread().isInterrupted()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return selector.selectNow() > 0;
            }
            if (selector.select(left / 1_000_000 + 1) > 0) {
                selector.selectedKeys().clear();
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
