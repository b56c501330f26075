package org.telar.harness;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Ends whatever the processes of a run have left behind, found by a mark in their environment and by nothing else. */
public final class Leftovers {
    private Leftovers() {}

    /**
     * SIGTERM to every process that carries the mark, then SIGKILL to those still there at half the deadline.
     *
     * @return how many there were
     */
    public static int end(String mark, String value, Duration deadline) throws InterruptedException {
        List<Long> found = ProcMemory.marked(mark, value);
        long self = ProcessHandle.current().pid();
        found.stream()
                .filter(pid -> pid != self)
                .map(ProcessHandle::of)
                .flatMap(Optional::stream)
                .forEach(p -> {
                    p.destroy();
                });
        long half = System.nanoTime() + deadline.toNanos() / 2;
        while (others(mark, value, self) && System.nanoTime() < half) {
            Thread.sleep(50);
        }
        long end = System.nanoTime() + deadline.toNanos() / 2;
        while (others(mark, value, self) && System.nanoTime() < end) {
            ProcMemory.marked(mark, value).stream()
                    .filter(pid -> pid != self)
                    .map(ProcessHandle::of)
                    .flatMap(Optional::stream)
                    .forEach(ProcessHandle::destroyForcibly);
            Thread.sleep(50);
        }
        return found.size();
    }

    private static boolean others(String mark, String value, long self) {
        return ProcMemory.marked(mark, value).stream().anyMatch(pid -> pid != self);
    }
}
