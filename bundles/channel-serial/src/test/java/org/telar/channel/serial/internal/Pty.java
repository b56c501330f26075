package org.telar.channel.serial.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A pseudo terminal, opened by {@code script} of util-linux, which every Debian has (package bsdutils). What is written
 * to its input appears on the terminal, what is written to the terminal appears on its output.
 */
final class Pty implements AutoCloseable {
    private final Process script;
    private final String device;

    Pty() throws IOException {
        script = new ProcessBuilder("script", "-qfc", "stty raw -echo; tty; exec sleep 60", "/dev/null")
                .redirectErrorStream(true)
                .start();
        StringBuilder line = new StringBuilder();
        for (int c = script.getInputStream().read();
                c != '\n';
                c = script.getInputStream().read()) {
            if (c < 0) {
                throw new IOException("script ended: " + line);
            }
            line.append((char) c);
        }
        device = line.toString().strip();
    }

    String device() {
        return device;
    }

    InputStream fromTerminal() {
        return script.getInputStream();
    }

    OutputStream toTerminal() {
        return script.getOutputStream();
    }

    @Override
    public void close() {
        script.descendants().forEach(ProcessHandle::destroyForcibly);
        script.destroyForcibly();
    }
}
