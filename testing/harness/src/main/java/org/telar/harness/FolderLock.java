package org.telar.harness;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second start out of a data folder. The operating system frees it when the process ends, however it ends. */
public final class FolderLock implements AutoCloseable {
    private static final String NAME = ".lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws HarnessException with {@link HarnessException#CONFLICT} when another process holds the folder */
    public static FolderLock take(Path folder) throws HarnessException {
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new HarnessException(
                    HarnessException.PRECONDITION,
                    "The data folder " + folder + " cannot be written: " + e.getMessage() + ". Choose one with --data.",
                    e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new FolderLock(channel);
            }
        } catch (IOException | OverlappingFileLockException inUse) {
            // Falls through to the sentence below: the folder is not ours.
        }
        closeQuietly(channel);
        throw new HarnessException(
                HarnessException.CONFLICT,
                "Another run uses " + folder + ". Stop it, or start this one with --data OTHER and --port-offset N.");
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(FolderLock.class.getName()).log(System.Logger.Level.DEBUG, "closing a lock", e);
        }
    }
}
