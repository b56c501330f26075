package org.telar.simulator.media;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.telar.simulator.fleet.Fault;
import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Meter;

/**
 * Sends what meters say: at once, or spoiled, late, twice or drop by drop as their faults want (F23 F24 F25). One timer
 * thread for all of them. Thread safe.
 */
final class Replies implements Closeable {
    /** Waiting pieces are bounded, or a client that never gives up could fill the memory. */
    private static final int MAX_WAITING = 20_000;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "late-replies");
        thread.setDaemon(true);
        return thread;
    });

    Replies() {
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Sends one reply of a meter.
     *
     * @param request frame that is answered, empty if the meter speaks on its own
     * @param reply frame that the meter meant to send
     */
    void send(Meter meter, Framing framing, byte[] request, byte[] reply, Wire.Sink sink) throws IOException {
        List<byte[]> pieces = LinkFaults.spoil(meter.faults(), framing, request, reply);
        Optional<Fault> late = meter.faults().strikes(FaultKind.LATE);
        Optional<Fault> slow = meter.faults().strikes(FaultKind.SLOW);
        if (pieces.isEmpty() || late.isEmpty() && slow.isEmpty()) {
            for (byte[] piece : pieces) {
                sink.send(piece);
            }
            return;
        }
        long delay = late.map(Fault::value).orElse(0L);
        after(delay, () -> {
            if (slow.isPresent()) {
                drip(join(pieces), 0, slow.get().value(), sink);
            } else {
                sink.send(join(pieces));
            }
        });
    }

    private void drip(byte[] bytes, int at, long everyMillis, Wire.Sink sink) throws IOException {
        sink.send(new byte[] {bytes[at]});
        if (at + 1 < bytes.length) {
            after(everyMillis, () -> drip(bytes, at + 1, everyMillis, sink));
        }
    }

    private static byte[] join(List<byte[]> pieces) {
        byte[] all = new byte[pieces.stream().mapToInt(p -> p.length).sum()];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }

    /** Something to be sent later. */
    @FunctionalInterface
    interface Sending {
        void run() throws IOException;
    }

    private void after(long millis, Sending sending) {
        after(millis, TimeUnit.MILLISECONDS, sending);
    }

    /**
     * Runs a sending on the timer thread; a line that is gone by then is nobody's loss.
     *
     * @return false if too much is waiting: it will not run
     */
    boolean after(long delay, TimeUnit unit, Sending sending) {
        if (timer.getQueue().size() >= MAX_WAITING) {
            return false;
        }
        try {
            timer.schedule(() -> run(sending), delay, unit);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private static void run(Sending sending) {
        try {
            sending.run();
        } catch (IOException e) {
            // The client has gone; a real line would not notice either.
        } catch (RuntimeException e) {
            System.err.println("late reply: " + e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
