package org.telar.collector.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.telar.collector.RefusedException;

/**
 * How the server's programs are run. PostgreSQL refuses to be root, so a root process runs it inside a user namespace
 * of its own, where it is nobody in particular.
 */
final class PostgresCommand {
    /**
     * Stops the server when its standard input ends, that is when the collector has ended, however it ended. The server
     * gets a session of its own, so that Ctrl-C reaches the collector alone.
     */
    private static final String GUARD = """
            trap '' INT TERM HUP
            exec 3<&0
            "$@" </dev/null 3<&- & p=$!
            ( read x <&3; kill -INT $p 2>/dev/null ) & w=$!
            exec 3<&- 0<&-
            wait $p; rc=$?
            kill -KILL $w 2>/dev/null
            exit $rc
            """;

    private PostgresCommand() {}

    static List<String> guarded(List<String> program) {
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.addAll(asNobodyWhenRoot());
        command.addAll(List.of("sh", "-c", GUARD, "telar-postgres"));
        command.addAll(program);
        return command;
    }

    /** Runs a program to its end and returns what it printed. */
    static String run(List<String> program, long seconds) {
        List<String> command = new ArrayList<>(asNobodyWhenRoot());
        command.addAll(program);
        try {
            Path out = Files.createTempFile("telar-postgres", ".out");
            try {
                Process p = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
                if (!p.waitFor(seconds, TimeUnit.SECONDS)) {
                    p.destroyForcibly();
                    throw new RefusedException(program.get(0) + " did not end within " + seconds + " s.");
                }
                String text = Files.readString(out);
                if (p.exitValue() != 0) {
                    throw new RefusedException("the embedded PostgreSQL cannot be set up: " + program.get(0)
                            + " ended with " + p.exitValue() + ": " + lastLines(text) + ".");
                }
                return text;
            } finally {
                Files.deleteIfExists(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(program.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + program.get(0), e);
        }
    }

    /** @param name INT (fast), QUIT (immediate) or KILL */
    static void signal(long pid, String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException("kill " + pid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String lastLines(String text) {
        List<String> lines = text.lines().filter(l -> !l.isBlank()).toList();
        return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    }

    private static List<String> asNobodyWhenRoot() {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        try {
            Process probe = new ProcessBuilder("unshare", "-U", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (probe.waitFor(5, TimeUnit.SECONDS) && probe.exitValue() == 0) {
                return List.of("unshare", "-U");
            }
        } catch (IOException absent) {
            throw noNamespaces(absent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw noNamespaces(null);
    }

    private static RefusedException noNamespaces(Throwable cause) {
        return new RefusedException(
                "the embedded PostgreSQL does not run as root where user namespaces are missing (unshare -U failed):"
                        + " start the collector as another user, or set telar.database.url to a server of yours.",
                cause);
    }
}
