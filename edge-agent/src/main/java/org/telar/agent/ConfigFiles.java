package org.telar.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads profile and configuration; keeps the last good configuration, and falls back to it (R8 of reliability). */
final class ConfigFiles {
    private static final long MAX_BYTES = 1 << 20;

    private final Path profile;
    private final Path agent;
    private final Path data;
    private Optional<String> fallback = Optional.empty();

    ConfigFiles(Path profileFolder, Path agent, Path data) {
        this.profile = profileFolder;
        this.agent = agent.toAbsolutePath();
        this.data = data.toAbsolutePath();
    }

    /** @throws ConfigException when neither the file nor a last good copy can be used */
    Configuration load() throws ConfigException {
        Section hardware = HardwareProfile.load(profile);
        Path copy = data.resolve("agent.last-good.json");
        try {
            String text = read(agent);
            Configuration good = configuration(hardware, agent, text);
            keep(copy, text);
            return good;
        } catch (ConfigException broken) {
            if (!Files.exists(copy)) {
                throw broken;
            }
            Configuration old = configuration(hardware, copy, read(copy));
            fallback = Optional.of(broken.getMessage() + ". The last good configuration is used: " + copy);
            return old;
        }
    }

    /** What was wrong with the configuration, when the last good one is used. */
    Optional<String> fallback() {
        return fallback;
    }

    private Configuration configuration(Section hardware, Path file, String text) throws ConfigException {
        return Configuration.of(hardware, agent(file.toString(), text), agent.getParent(), data);
    }

    /** A gateway's configuration that fits its schema; every value that does not is told. */
    static Section agent(String file, String text) throws ConfigException {
        Map<String, Object> root = Json.object(file, text);
        List<Problem> problems = Schema.ofAgent().check(file, root);
        if (!problems.isEmpty()) {
            throw new ConfigException(Problem.message(problems));
        }
        return new Section(file, "", root);
    }

    static String read(Path file) throws ConfigException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigException(
                        file + ": at most " + MAX_BYTES + " bytes expected",
                        file + ": se esperan " + MAX_BYTES + " bytes como máximo");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": there is no such file", file + ": no existe ese archivo");
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e, file + " no se puede leer: " + e);
        }
    }

    private static void keep(Path copy, String text) throws ConfigException {
        Path temp = copy.resolveSibling(copy.getFileName() + ".tmp");
        try {
            try (FileChannel out = FileChannel.open(
                    temp, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                out.force(true);
            }
            Files.move(temp, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ConfigException("the data folder cannot be written: " + e);
        }
    }
}
