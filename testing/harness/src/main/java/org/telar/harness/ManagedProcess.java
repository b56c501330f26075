package org.telar.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process of the system under test: its output goes to a log file, it is ready at a line of its output, it can be
 * terminated or killed, and it tells its memory peak. Thread-safe.
 */
public final class ManagedProcess implements AutoCloseable {
    private static final int TAIL = 12;
    private static final Duration STOP = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread pump;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Deque<String> tail = new ArrayDeque<>();
    private volatile String readyLine = "";
    private volatile long peakResident;

    /**
     * What to start.
     *
     * @param name for messages, for example {@code collector}
     * @param command program and arguments
     * @param environment added to that of this process
     * @param log appended to; parent folders are made
     * @param ready tells the line of output at which the process is ready
     */
    public record Spec(
            String name, List<String> command, Map<String, String> environment, Path log, Predicate<String> ready) {
        public Spec {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    private ManagedProcess(Spec spec, Process process) {
        this.name = spec.name();
        this.process = process;
        this.log = spec.log();
        this.pump = new Thread(() -> pump(spec), "log-" + name);
        pump.setDaemon(true);
        pump.start();
    }

    /** Starts it and returns at once. */
    public static ManagedProcess start(Spec spec) throws HarnessException {
        try {
            Files.createDirectories(spec.log().toAbsolutePath().getParent());
            ProcessBuilder builder = new ProcessBuilder(spec.command()).redirectErrorStream(true);
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.environment().putAll(spec.environment());
            return new ManagedProcess(spec, builder.start());
        } catch (IOException e) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED, "The " + spec.name() + " could not be started: " + e.getMessage(), e);
        }
    }

    /**
     * Waits for the ready line.
     *
     * @return that line
     * @throws HarnessException when the process ends before, or the deadline passes; the message holds its last words
     */
    public String awaitReady(Duration deadline) throws HarnessException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!ready.await(50, TimeUnit.MILLISECONDS)) {
            requireAlive();
            if (System.nanoTime() >= end) {
                throw new HarnessException(
                        HarnessException.TIMEOUT,
                        "The " + name + " was not ready within " + deadline.toSeconds() + " s. Log: " + log
                                + lastWords());
            }
        }
        return readyLine;
    }

    /** @throws HarnessException with its last words when the process has ended */
    public void requireAlive() throws HarnessException, InterruptedException {
        if (!process.isAlive()) {
            pump.join(2000);
            throw new HarnessException(
                    HarnessException.UNEXPECTED,
                    "The " + name + " ended with exit code " + process.exitValue() + ". Log: " + log + lastWords());
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public String name() {
        return name;
    }

    public Path log() {
        return log;
    }

    /** Exit code, or empty while it runs. */
    public Optional<Integer> exitCode() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    /** Highest resident set seen, bytes; asked before each stop, so it also answers for an ended process. */
    public long peakResident() {
        OptionalLong now = ProcMemory.peakResident(process.pid());
        if (now.isPresent()) {
            peakResident = Math.max(peakResident, now.getAsLong());
        }
        return peakResident;
    }

    /** SIGKILL, at once and without a chance to clean up. */
    public void kill() throws InterruptedException {
        peakResident();
        process.destroyForcibly();
        process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * SIGTERM, and SIGKILL when it has not ended by the deadline.
     *
     * @return true when it ended by itself
     */
    public boolean stop(Duration deadline) throws InterruptedException {
        peakResident();
        process.destroy();
        if (process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        kill();
        return false;
    }

    /** Stops it within ten seconds. */
    @Override
    public void close() {
        try {
            stop(STOP);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void pump(Spec spec) {
        try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                Writer out = Files.newBufferedWriter(
                        spec.log(), StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write(line);
                out.write('\n');
                out.flush();
                remember(line);
                if (ready.getCount() > 0 && spec.ready().test(line)) {
                    readyLine = line;
                    ready.countDown();
                }
            }
        } catch (IOException e) {
            remember("(the harness lost the output: " + e.getMessage() + ")");
        }
    }

    private void remember(String line) {
        synchronized (tail) {
            tail.addLast(line);
            if (tail.size() > TAIL) {
                tail.removeFirst();
            }
        }
    }

    private String lastWords() {
        synchronized (tail) {
            return tail.isEmpty() ? "" : "\n  | " + String.join("\n  | ", tail);
        }
    }
}
