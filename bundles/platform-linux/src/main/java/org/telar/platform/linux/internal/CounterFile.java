package org.telar.platform.linux.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.model.MeterId;
import org.telar.api.platform.DurableFile;
import org.telar.api.platform.InvocationCounters;

/**
 * Invocation counters in a checksummed file of their own, apart from the reading store (D8, S28). Whoever asks gets
 * numbers below a limit that is on disk already; limits are raised for many numbers at once, so that a load costs few
 * writes. A restart goes on at the limit; a damaged or older copy is answered by a jump ahead. Thread-safe.
 */
final class CounterFile implements InvocationCounters {
    /** Numbers reserved on disk in one write. */
    static final long BLOCK = 4_096;
    /** Added to everything after an unclean restore: more than two copies of the file can be apart. */
    static final long JUMP = 1L << 20;
    /** Counters have 32 bits; the rest is for the key change that must come before. */
    static final long MOST = 0xFFFF_FFFFL;

    private static final Logger LOG = LoggerFactory.getLogger(CounterFile.class);
    private static final String CLEAN = "clean";
    private static final String OPEN = "open";

    private static final class Counter {
        private long next;
        private long limit;
    }

    private final Path file;
    private final Path copy;
    private final Map<MeterId, Counter> counters = new TreeMap<>();
    /** Where meters start that are not in the file: above 0 when the file was lost. */
    private long base = 1;

    private int damaged;

    /** @throws IOException when the file cannot be written: ciphered meters then cannot be read safely */
    CounterFile(Path file) throws IOException {
        this.file = file;
        this.copy = file.resolveSibling(file.getFileName() + ".copy");
        restore();
        write(OPEN);
    }

    /** Both copies count: whichever is ahead was written last. */
    private void restore() {
        Optional<String> main = read(file);
        Optional<String> other = read(copy);
        boolean unclean = damaged > 0;
        try {
            main.ifPresent(text -> parse(text, unclean ? JUMP : 0));
            other.ifPresent(text -> parse(text, unclean ? JUMP : 0));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalStateException(file + " has a checksum but not our form: " + e.getMessage(), e);
        }
        if (unclean && main.isEmpty() && other.isEmpty()) {
            LOG.error("{} and its copy are lost: counters start at {} and are learned from the meters.", file, JUMP);
            base = JUMP;
        }
    }

    private Optional<String> read(Path one) {
        try {
            return DurableFile.read(one);
        } catch (IOException e) {
            damaged++;
            LOG.error("{}. Its twin counts, and every counter jumps ahead by {}.", e.getMessage(), JUMP);
            return Optional.empty();
        }
    }

    private void parse(String text, long jump) {
        String[] lines = text.split("\n");
        String[] head = lines[0].split(",");
        base = Math.max(base, Long.parseLong(head[1]) + jump);
        for (int i = 1; i < lines.length; i++) {
            String[] cells = lines[i].split(",");
            if (cells.length != 2) {
                throw new IllegalArgumentException(file + ", line " + (i + 2) + ": meter,limit expected");
            }
            Counter c = counters.computeIfAbsent(new MeterId(cells[0]), m -> new Counter());
            // What lies below the limit may have been used: go on above it.
            c.next = Math.max(c.next, Math.min(MOST, Long.parseLong(cells[1]) + jump));
            c.limit = c.next;
        }
    }

    @Override
    public synchronized long reserve(MeterId meter, int count) {
        if (count < 1 || count > 65_536) {
            throw new IllegalArgumentException("1..65536 numbers can be reserved, asked for " + count);
        }
        Counter c = counter(meter);
        long first = c.next;
        if (first + count > MOST) {
            throw new IllegalStateException(
                    "meter " + meter + " has used up its invocation counter; it needs a new key");
        }
        raise(c, first + count);
        c.next = first + count;
        return first;
    }

    @Override
    public synchronized void atLeast(MeterId meter, long next) {
        if (next < 0 || next > MOST) {
            throw new IllegalArgumentException("an invocation counter is 0.." + MOST + ", got " + next);
        }
        Counter c = counter(meter);
        if (next > c.next) {
            raise(c, next);
            c.next = next;
        }
    }

    private Counter counter(MeterId meter) {
        return counters.computeIfAbsent(meter, m -> {
            Counter fresh = new Counter();
            fresh.next = base;
            fresh.limit = base;
            return fresh;
        });
    }

    private void raise(Counter c, long wanted) {
        if (wanted <= c.limit) {
            return;
        }
        long before = c.limit;
        // Each meter that comes near its limit lets all others reserve too: one write for a whole load.
        c.limit = Math.min(MOST, wanted + BLOCK);
        Map<Counter, Long> raised = new IdentityHashMap<>();
        raised.put(c, before);
        for (Counter other : counters.values()) {
            if (other != c && other.limit - other.next < BLOCK / 2) {
                raised.put(other, other.limit);
                other.limit = Math.min(MOST, other.next + BLOCK);
            }
        }
        try {
            write(OPEN);
        } catch (IOException e) {
            raised.forEach((counter, limit) -> counter.limit = limit);
            throw new UncheckedIOException("invocation counters are not on disk, none is handed out", e);
        }
    }

    private void write(String state) throws IOException {
        StringBuilder text = new StringBuilder(state + "," + base + "\n");
        boolean clean = state.equals(CLEAN);
        counters.forEach((meter, c) ->
                text.append(meter).append(',').append(clean ? c.next : c.limit).append('\n'));
        DurableFile.write(copy, text.toString());
        DurableFile.write(file, text.toString());
    }

    /** A clean end: nothing above {@code next} was used, so the next start need not skip. */
    synchronized void close() {
        try {
            write(CLEAN);
        } catch (IOException e) {
            LOG.warn("Invocation counters go on at their limits after the next start: {}", e.toString());
        }
    }
}
