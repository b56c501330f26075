package org.telar.harness.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.telar.harness.HarnessException;

/** Programs of this machine that faults are made with. */
final class Tools {
    private static final long SECONDS = 20;

    private Tools() {}

    /** A sentence when none of the path's folders holds the program. */
    static Optional<String> missing(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return Optional.empty();
            }
        }
        return Optional.of(program + " is not installed on this machine");
    }

    static String run(String... command) throws HarnessException, InterruptedException {
        return run(SECONDS, List.of(command));
    }

    static String run(long seconds, List<String> command) throws HarnessException, InterruptedException {
        return run(seconds, command, Map.of());
    }

    /** Runs a program to its end. @return its output @throws HarnessException when it fails or does not end */
    static String run(long seconds, List<String> command, Map<String, String> environment)
            throws HarnessException, InterruptedException {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.environment().putAll(environment);
            Process p = builder.start();
            String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!p.waitFor(seconds, TimeUnit.SECONDS)) {
                p.destroyForcibly();
                throw new HarnessException(HarnessException.TIMEOUT, command + " did not end in " + seconds + " s");
            }
            if (p.exitValue() != 0) {
                throw new HarnessException(
                        HarnessException.PRECONDITION, command + " failed (" + p.exitValue() + "): " + out.strip());
            }
            return out;
        } catch (IOException e) {
            throw new HarnessException(HarnessException.PRECONDITION, command + ": " + e.getMessage(), e);
        }
    }

    /** Sends a signal to one process. */
    static void signal(long pid, String signal) throws HarnessException, InterruptedException {
        run("kill", "-" + signal, Long.toString(pid));
    }

    /** A sentence when a file system cannot be mounted here. */
    static Optional<String> missingMount(Path folder) throws InterruptedException, IOException {
        Path probe = Files.createDirectories(folder.resolve("mount-probe"));
        try {
            run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.toString());
            run("umount", probe.toString());
            return Optional.empty();
        } catch (HarnessException e) {
            return Optional.of("a file system cannot be mounted here (" + e.getMessage() + ")");
        }
    }
}
