package org.telar.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the JDK to its end. */
final class Tool {
    private Tool() {}

    static Path jdk(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name);
    }

    /**
     * @param log what the program says goes there
     * @throws ImageException with its last words when it fails or takes longer
     */
    static void run(List<String> command, Path log, Duration longest)
            throws IOException, InterruptedException, ImageException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed(command, "no end within " + longest.toSeconds() + " s", log);
            }
            if (process.exitValue() != 0) {
                throw failed(command, "exit code " + process.exitValue(), log);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static ImageException failed(List<String> command, String how, Path log) throws IOException {
        String said = Files.readString(log).strip();
        String tail = said.length() > 600 ? said.substring(said.length() - 600) : said;
        String name = Path.of(command.get(0)).getFileName().toString();
        return new ImageException(
                ImageException.UNEXPECTED,
                name + " failed (" + how + "): " + tail,
                name + " falló (" + how + "): " + tail);
    }
}
