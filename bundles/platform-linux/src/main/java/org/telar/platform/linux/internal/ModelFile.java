package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.ModelMemory;
import org.telar.api.platform.DurableFile;

/** What drivers learned of meter models, one small file a key. A damaged file is forgotten and learned anew. */
final class ModelFile implements ModelMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFile.class);
    private static final int MAX_CHARS = 64 << 10;
    private static final int MAX_KEY = 100;

    private final Path folder;
    private final Map<String, Optional<String>> known = new ConcurrentHashMap<>();

    ModelFile(Path folder) {
        this.folder = folder;
    }

    @Override
    public Optional<String> recall(String key) {
        return known.computeIfAbsent(key, this::read);
    }

    private Optional<String> read(String key) {
        try {
            return DurableFile.read(file(key));
        } catch (IOException e) {
            LOG.warn("{}. The model is learned again.", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void remember(String key, String value) {
        if (value.length() > MAX_CHARS) {
            throw new IllegalArgumentException("at most " + MAX_CHARS + " characters, got " + value.length());
        }
        Optional<String> before = known.put(key, Optional.of(value));
        if (before != null && before.equals(Optional.of(value))) {
            return;
        }
        try {
            synchronized (this) {
                DurableFile.write(file(key), value);
            }
        } catch (IOException e) {
            LOG.warn("What was learned of {} is lost at a restart: {}", key, e.toString());
        }
    }

    @Override
    public void forget(String key) {
        known.put(key, Optional.empty());
        try {
            Files.deleteIfExists(file(key));
        } catch (IOException e) {
            LOG.warn("{} cannot be forgotten: {}", key, e.toString());
        }
    }

    /** Any key makes a file name: what is not a letter or digit becomes hex. */
    private Path file(String key) {
        if (key.isEmpty() || key.length() > MAX_KEY) {
            throw new IllegalArgumentException("a key has 1 to " + MAX_KEY + " characters, got " + key.length());
        }
        StringBuilder name = new StringBuilder();
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-';
            name.append(plain ? String.valueOf((char) b) : "_" + HexFormat.of().toHexDigits(b));
        }
        return folder.resolve(name + ".model");
    }
}
