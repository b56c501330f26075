package org.telar.harness;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Samples the memory of all processes of a run every two seconds and keeps the peak of their sum (PSS, bytes). */
public final class MemoryWatch implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final String mark;
    private final String value;
    private final Thread thread;
    private volatile long peak;

    /** @param mark environment variable that all processes of the run carry with this {@code value} */
    public MemoryWatch(String mark, String value) {
        this.mark = mark;
        this.value = value;
        this.thread = new Thread(this::run, "memory-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** Highest sum seen, this process included; 0 where the system does not tell. */
    public long peak() {
        return peak;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                sample();
                Thread.sleep(EVERY.toMillis());
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample() {
        Set<Long> pids = new HashSet<>(ProcMemory.marked(mark, value));
        pids.add(ProcessHandle.current().pid());
        long sum = 0;
        for (long pid : pids) {
            sum += ProcMemory.proportional(pid).orElse(0);
        }
        peak = Math.max(peak, sum);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
