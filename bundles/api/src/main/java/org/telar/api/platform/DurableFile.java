package org.telar.api.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small state file that survives a power cut whole: temporary file, fsync, rename, fsync of the directory, and a
 * checksum in the first line (R8 of reliability). Readable by its owner only. Callers serialise access to one file.
 */
public final class DurableFile {
    /** Bounds what is read back. */
    public static final int MAX_BYTES = 16 << 20;

    private static final String HEAD = "telar-state crc32c=";

    private DurableFile() {}

    /** Replaces the content; when this returns, it is on disk. Missing folders are made. */
    public static void write(Path file, String content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path temp = folder.resolve(file.getFileName() + ".tmp");
        byte[] bytes = (HEAD + checksum(content) + "\n" + content).getBytes(StandardCharsets.UTF_8);
        Files.deleteIfExists(temp);
        Files.createFile(temp, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel out = FileChannel.open(temp, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /**
     * The content, or empty when there is no file.
     *
     * @throws IOException when it is damaged: torn, changed or not ours
     */
    public static Optional<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": at most " + MAX_BYTES + " bytes expected, got " + Files.size(file));
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end < 0 || !text.startsWith(HEAD)) {
            throw new IOException(file + ", line 1: \"" + HEAD + "...\" expected");
        }
        String content = text.substring(end + 1);
        if (!text.substring(HEAD.length(), end).equals(checksum(content))) {
            throw new IOException(file + ": checksum does not match, the file is damaged");
        }
        return Optional.of(content);
    }

    private static String checksum(String content) {
        CRC32C crc = new CRC32C();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
