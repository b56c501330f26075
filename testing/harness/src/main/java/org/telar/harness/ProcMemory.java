package org.telar.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What Linux tells about the memory of processes, from {@code /proc}; bytes. Empty where it does not tell. */
public final class ProcMemory {
    private static final Path PROC = Path.of("/proc");

    private ProcMemory() {}

    /** Peak resident set since the start of the process ({@code VmHWM}). */
    public static OptionalLong peakResident(long pid) {
        return kilobytes(PROC.resolve(pid + "/status"), "VmHWM:");
    }

    /** Resident set now ({@code VmRSS}). */
    public static OptionalLong resident(long pid) {
        return kilobytes(PROC.resolve(pid + "/status"), "VmRSS:");
    }

    /** Proportional set size now: shared pages count by their share. */
    public static OptionalLong proportional(long pid) {
        return kilobytes(PROC.resolve(pid + "/smaps_rollup"), "Pss:");
    }

    /** Processes whose environment holds {@code name=value}: everything a marked process has started. */
    public static List<Long> marked(String name, String value) {
        List<Long> pids = new ArrayList<>();
        byte[] wanted = (name + "=" + value).getBytes(StandardCharsets.UTF_8);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path p : all) {
                if (holds(p.resolve("environ"), wanted)) {
                    pids.add(Long.parseLong(p.getFileName().toString()));
                }
            }
        } catch (IOException noProc) {
            return List.of();
        }
        return pids;
    }

    private static boolean holds(Path environ, byte[] wanted) {
        try {
            String text = new String(Files.readAllBytes(environ), StandardCharsets.ISO_8859_1);
            String line = new String(wanted, StandardCharsets.ISO_8859_1);
            return ("\0" + text).contains("\0" + line + "\0");
        } catch (IOException goneOrNotOurs) {
            return false;
        }
    }

    private static OptionalLong kilobytes(Path file, String key) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith(key)) {
                    String number =
                            line.substring(key.length()).replace("kB", "").strip();
                    return OptionalLong.of(Long.parseLong(number) * 1024);
                }
            }
        } catch (IOException | NumberFormatException gone) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }
}
