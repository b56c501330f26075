package org.telar.channel.serial.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;

import com.fazecast.jSerialComm.SerialPort;

/**
 * Puts jSerialComm's native library under {@value #PATH_PROPERTY} before jSerialComm is first used. Left alone,
 * jSerialComm extracts into the temporary and home folders, which fill up and may be mounted noexec on a gateway.
 */
final class NativeLibrary {
    /** Folder for the native library; without it jSerialComm decides. */
    static final String PATH_PROPERTY = "telar.serial.library.path";

    private static final String THEIR_PROPERTY = "jSerialComm.library.path";
    private static final String FILE = "libjSerialComm.so";

    private static boolean prepared;

    private NativeLibrary() {}

    static synchronized void prepare() throws IOException {
        if (prepared) {
            return;
        }
        String folder = System.getProperty(PATH_PROPERTY, "");
        if (!folder.isBlank()) {
            Path file = extract(Path.of(folder), architecture(System.getProperty("os.arch")));
            System.setProperty(THEIR_PROPERTY, file.getParent().toString());
        }
        prepared = true;
    }

    /** Extracts when absent or different; returns the file. */
    static Path extract(Path folder, String architecture) throws IOException {
        // The interface's class loader is ours in OSGi too: the natives are embedded beside it.
        String resource = "/Linux/" + architecture + "/" + FILE;
        try (InputStream in = SerialPort.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no serial library for this machine (" + architecture + ")");
            }
            byte[] wanted = in.readAllBytes();
            Path file = Files.createDirectories(folder.toAbsolutePath()).resolve(FILE);
            if (!Files.exists(file) || !Arrays.equals(wanted, Files.readAllBytes(file))) {
                Path partial = Files.createTempFile(file.getParent(), FILE, ".part");
                Files.write(partial, wanted);
                Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        }
    }

    /** jSerialComm's folder for a Java architecture name. */
    static String architecture(String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "armv8_64";
            case "arm", "armv7l" -> "armv7hf";
            case "i386", "i686", "x86" -> "x86";
            default -> osArch;
        };
    }
}
