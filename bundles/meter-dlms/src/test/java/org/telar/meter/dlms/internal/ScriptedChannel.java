package org.telar.meter.dlms.internal;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

import org.telar.api.channel.Channel;

/** A channel whose other side is a function from what was written to what can then be read. Silence costs no time. */
final class ScriptedChannel implements Channel {
    private final Function<byte[], List<byte[]>> peer;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    final List<byte[]> written = new ArrayList<>();
    boolean datagrams;
    private boolean open = true;

    ScriptedChannel(Function<byte[], List<byte[]>> peer) {
        this.peer = peer;
    }

    @Override
    public void write(byte[] bytes) {
        written.add(bytes);
        waiting.addAll(peer.apply(bytes));
    }

    /** Puts bytes on the line that nobody asked for. */
    void push(byte[] bytes) {
        waiting.add(bytes);
    }

    @Override
    public int read(byte[] into, Duration timeout) throws SocketTimeoutException {
        byte[] next = waiting.poll();
        if (next == null) {
            throw new SocketTimeoutException("silence");
        }
        int count = Math.min(into.length, next.length);
        System.arraycopy(next, 0, into, 0, count);
        if (count < next.length) {
            waiting.addFirst(java.util.Arrays.copyOfRange(next, count, next.length));
        }
        return count;
    }

    @Override
    public boolean isDatagram() {
        return datagrams;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }
}
