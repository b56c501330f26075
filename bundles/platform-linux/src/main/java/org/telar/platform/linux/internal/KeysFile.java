package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.api.platform.KeyVault;

/**
 * Keys of meters from {@code keys.csv}, which only its owner may read. A broken line is named by line and column, never
 * by content, and leaves that meter without keys. Read again when the file changes. Thread-safe.
 */
final class KeysFile implements KeyVault {
    static final String HEADER = "meter,password,encryption_key,authentication_key";

    private static final Logger LOG = LoggerFactory.getLogger(KeysFile.class);
    private static final long MAX_BYTES = 8L << 20;
    private static final int MAX_PASSWORD = 64;
    private static final int KEY_BYTES = 16;
    private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

    private final Path file;
    private Map<MeterId, MeterKeys> keys;
    private FileTime modified;
    private long lookedAt = System.nanoTime();
    private List<String> problems = List.of();

    /** @throws IOException with a sentence when the file is missing, open to others, or not a key file */
    KeysFile(Path file) throws IOException {
        this.file = file;
        this.keys = read();
    }

    @Override
    public synchronized Optional<MeterKeys> keysOf(MeterId meter) {
        reread();
        return Optional.ofNullable(keys.get(meter));
    }

    /** Lines left out, for tests and for people; without any secret. */
    synchronized List<String> problems() {
        return problems;
    }

    private void reread() {
        if (System.nanoTime() - lookedAt < LOOK_EVERY_NANOS) {
            return;
        }
        lookedAt = System.nanoTime();
        try {
            if (!Files.getLastModifiedTime(file).equals(modified)) {
                keys = read();
            }
        } catch (IOException e) {
            LOG.error("{}. The keys read before stay in use.", e.getMessage());
        }
    }

    private Map<MeterId, MeterKeys> read() throws IOException {
        PrivateFile.require(file);
        FileTime time = Files.getLastModifiedTime(file);
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": at most " + MAX_BYTES + " bytes expected");
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).strip().equals(HEADER)) {
            throw new IOException(file + ", line 1: header \"" + HEADER + "\" expected");
        }
        Map<MeterId, MeterKeys> read = new HashMap<>();
        List<String> bad = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                try {
                    line(lines.get(i), read);
                } catch (IllegalArgumentException e) {
                    bad.add(file + ", line " + (i + 1) + ", " + e.getMessage() + "; the line is left out");
                }
            }
        }
        bad.forEach(p -> LOG.error("Keys: {}", p));
        problems = bad;
        modified = time;
        return read;
    }

    private static void line(String line, Map<MeterId, MeterKeys> into) {
        String[] cells = line.split(",", -1);
        if (cells.length != 4) {
            throw new IllegalArgumentException("4 columns expected, got " + cells.length);
        }
        MeterId id;
        try {
            id = new MeterId(cells[0].strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("column meter: 1 to 32 of A-Z a-z 0-9 . _ - expected");
        }
        byte[] password = hex("password", cells[1]);
        if (password.length > MAX_PASSWORD) {
            throw new IllegalArgumentException("column password: at most " + MAX_PASSWORD + " bytes expected");
        }
        into.put(id, new MeterKeys(password, key("encryption_key", cells[2]), key("authentication_key", cells[3])));
    }

    private static byte[] key(String column, String cell) {
        byte[] key = hex(column, cell);
        if (key.length != 0 && key.length != KEY_BYTES) {
            throw new IllegalArgumentException("column " + column + ": 32 hex digits or nothing expected");
        }
        return key;
    }

    private static byte[] hex(String column, String cell) {
        try {
            return HexFormat.of().parseHex(cell.strip());
        } catch (IllegalArgumentException e) {
            // Never the content: a mistyped key is still a key.
            throw new IllegalArgumentException("column " + column + ": an even number of hex digits expected");
        }
    }
}
