package org.telar.store.sqlite.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Epoch and high-water sequence outside the database, so that a damaged or replaced database cannot pass for the real
 * one (R7, F10 to F12 of reliability).
 *
 * <p>Two checksummed slots are written in turn, so a torn write leaves the other one. The high-water is written after
 * every durable commit without waiting for the disk: a killed process loses none of it. The disk is waited for once a
 * second and at close, so a power cut may leave it behind the database by what a second committed, never ahead. Not
 * thread-safe.
 */
final class EpochFile implements AutoCloseable {
    private static final long MAGIC = 0x54454C41522E4550L;
    private static final int SLOT = 4096;
    private static final int RECORD = 8 * 4 + 1;

    private final Path path;
    private FileChannel channel;
    private long turn;
    private boolean unsynced;
    private Mark current = new Mark(0, 0, false);

    /**
     * @param epoch of the store
     * @param highWater sequences up to this one were durable in the database
     * @param clean true when the store was closed in order after it
     */
    record Mark(long epoch, long highWater, boolean clean) {}

    private EpochFile(Path path) {
        this.path = path;
    }

    /** Never fails for what the file holds: an unreadable file has no {@link #read() mark}. */
    static EpochFile at(Path path) {
        return new EpochFile(path);
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** The newest whole slot; empty when the file is absent or damaged in both. */
    Optional<Mark> read() throws IOException {
        if (!exists()) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(path);
        Optional<Mark> best = Optional.empty();
        for (int at = 0; at + RECORD + 4 <= bytes.length && at <= SLOT; at += SLOT) {
            ByteBuffer b = ByteBuffer.wrap(bytes, at, RECORD + 4);
            long magic = b.getLong();
            long slotTurn = b.getLong();
            Mark mark = new Mark(b.getLong(), b.getLong(), b.get() == 1);
            if (magic == MAGIC && b.getInt() == checksum(bytes, at) && slotTurn >= turn) {
                turn = slotTurn;
                best = Optional.of(mark);
            }
        }
        best.ifPresent(m -> current = m);
        return best;
    }

    Mark current() {
        return current;
    }

    /** Replaces the file as a whole and waits for the disk. */
    void begin(long epoch, long highWater) throws IOException {
        close();
        unsynced = false;
        turn++;
        current = new Mark(epoch, highWater, false);
        Path partial = path.resolveSibling(path.getFileName() + ".part");
        byte[] file = new byte[SLOT + RECORD + 4];
        byte[] slot = encode(current);
        System.arraycopy(slot, 0, file, (int) (turn % 2) * SLOT, slot.length);
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(out, ByteBuffer.wrap(file), 0);
            out.force(true);
        }
        Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(path.toAbsolutePath().getParent());
    }

    /** Says, durably, that the store is in use, so that the next start knows whether it ended in order. */
    void open() throws IOException {
        write(new Mark(current.epoch(), current.highWater(), false));
        channel.force(true);
    }

    /** Notes a durable high-water; returns without waiting for the disk. */
    void note(long highWater) throws IOException {
        if (highWater != current.highWater() || current.clean()) {
            write(new Mark(current.epoch(), highWater, false));
            unsynced = true;
        }
    }

    /** Waits until the disk has what was noted. */
    void sync() throws IOException {
        if (unsynced) {
            channel.force(false);
            unsynced = false;
        }
    }

    /** Says that the store was closed in order. */
    void finish() throws IOException {
        write(new Mark(current.epoch(), current.highWater(), true));
        channel.force(true);
        unsynced = false;
    }

    private void write(Mark mark) throws IOException {
        if (channel == null) {
            channel = FileChannel.open(path, StandardOpenOption.WRITE);
        }
        turn++;
        current = mark;
        writeFully(channel, ByteBuffer.wrap(encode(mark)), turn % 2 * SLOT);
    }

    private byte[] encode(Mark mark) {
        ByteBuffer b = ByteBuffer.allocate(RECORD + 4);
        b.putLong(MAGIC).putLong(turn).putLong(mark.epoch()).putLong(mark.highWater());
        b.put((byte) (mark.clean() ? 1 : 0));
        b.putInt(checksum(b.array(), 0));
        return b.array();
    }

    private static int checksum(byte[] bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at, RECORD);
        return (int) crc.getValue();
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += out.write(bytes, position);
        }
    }

    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel dir = FileChannel.open(directory, StandardOpenOption.READ)) {
            dir.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
