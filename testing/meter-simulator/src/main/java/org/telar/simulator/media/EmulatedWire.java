package org.telar.simulator.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import org.telar.simulator.air.Air;

/**
 * A wire behind a modelled medium. Wrapper frames travel whole, so that a lost one does not break a TCP stream; HDLC and
 * other bytes travel as they come. What is between host and PRIME base node is not on the air. The wire behind it is
 * served by the timer thread alone.
 */
final class EmulatedWire implements Wire {
    private static final int MAX_PENDING = 2 * 0x1_0000;

    private final Wire wire;
    private final boolean framed;
    private final Air up;
    private final Air down;
    private final Replies timer;
    private final Object order = new Object();
    private final Queue<Replies.Sending> arriving = new ConcurrentLinkedQueue<>();
    private final Queue<Replies.Sending> leaving = new ConcurrentLinkedQueue<>();
    private ByteBuffer pending = ByteBuffer.allocate(1024);
    private Sink modelled;
    private long upAt = Long.MIN_VALUE;
    private long downAt = Long.MIN_VALUE;

    EmulatedWire(Wire wire, boolean framed, Air up, Air down, Replies timer) {
        this.wire = wire;
        this.framed = framed;
        this.up = up;
        this.down = down;
        this.timer = timer;
    }

    @Override
    public void opened(Sink sink) throws IOException {
        wire.opened(modelled(sink));
    }

    @Override
    public void closed() {
        wire.closed();
    }

    /** One connection has one sink here too, whatever lambda the port hands us. */
    private Sink modelled(Sink sink) {
        synchronized (order) {
            if (modelled == null) {
                modelled = new Sink() {
                    @Override
                    public void send(byte[] bytes) throws IOException {
                        reply(bytes, sink);
                    }

                    @Override
                    public void hangUp() {
                        sink.hangUp();
                    }
                };
            }
            return modelled;
        }
    }

    @Override
    public void received(byte[] bytes, int length, Sink sink) throws IOException {
        Sink back = modelled(sink);
        if (!framed) {
            request(Arrays.copyOf(bytes, length), false, back);
            return;
        }
        if (pending.remaining() < length) {
            if (pending.position() + length > MAX_PENDING) {
                throw new IOException("more than two frames without an end");
            }
            ByteBuffer larger = ByteBuffer.allocate(Math.max(pending.capacity() * 2, pending.position() + length));
            pending = larger.put(pending.flip());
        }
        pending.put(bytes, 0, length).flip();
        for (Optional<WrapperFrame> frame = WrapperFrame.next(pending);
                frame.isPresent();
                frame = WrapperFrame.next(pending)) {
            request(frame.get().bytes(), frame.get().destination() == PrimeNetwork.BASE_NODE, back);
        }
        pending.compact();
    }

    private void request(byte[] message, boolean host, Sink back) {
        long now = System.nanoTime();
        synchronized (order) {
            Optional<Air.Arrival> arrival = host ? Optional.of(new Air.Arrival(now, message)) : up.send(now, message);
            if (arrival.isEmpty()) {
                return;
            }
            // Jitter does not let one message overtake another.
            upAt = Math.max(arrival.get().at(), upAt);
            byte[] arrived = arrival.get().bytes();
            later(arriving, upAt - now, () -> wire.received(arrived, arrived.length, back));
        }
    }

    private void reply(byte[] message, Sink sink) throws IOException {
        boolean host = framed && message.length > 4 && message[2] == 0 && message[3] == PrimeNetwork.BASE_NODE;
        if (host) {
            sink.send(message);
            return;
        }
        long now = System.nanoTime();
        synchronized (leaving) {
            Optional<Air.Arrival> arrival = down.send(now, message);
            if (arrival.isEmpty()) {
                return;
            }
            downAt = Math.max(arrival.get().at(), downAt);
            byte[] arrived = arrival.get().bytes();
            later(leaving, downAt - now, () -> sink.send(arrived));
        }
    }

    /** Whatever the timer does with two that are due at once: they leave the queue as they came. Holds its lock. */
    private void later(Queue<Replies.Sending> queue, long nanos, Replies.Sending sending) {
        queue.add(sending);
        if (!timer.after(nanos, TimeUnit.NANOSECONDS, () -> queue.remove().run())) {
            queue.remove(sending);
        }
    }
}
