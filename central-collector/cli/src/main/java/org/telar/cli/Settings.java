package org.telar.cli;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * Where the collector is and how to get in.
 *
 * @param ca authority that signed the collector's certificate; empty: those of the JDK
 */
public record Settings(URI url, Optional<Path> ca, String token) {
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    @Override
    public String toString() {
        return url.toString();
    }

    /** Values one by one: option, then environment, then the file, then what a running collector left in its data. */
    static Settings resolve(Connection options, Map<String, String> env, Optional<Path> demo, Texts texts) {
        Properties file = file(configuration(env), texts);
        Optional<Path> data =
                options.data.or(() -> Optional.ofNullable(env.get("TELAR_DATA")).map(Path::of));
        boolean told = options.url.isPresent() || env.containsKey("TELAR_URL") || file.containsKey("url");
        Local local = Local.of(data.or(() -> told ? Optional.empty() : demo));
        String url = options.url
                .or(() -> data.flatMap(d -> local.url()))
                .or(() -> Optional.ofNullable(env.get("TELAR_URL")))
                .or(() -> Optional.ofNullable(file.getProperty("url")))
                .or(local::url)
                .orElseThrow(() -> new CliException(
                        Exit.PRECONDITION,
                        data.or(() -> demo)
                                .map(d -> texts.say("error.no-collector-in", d))
                                .orElseGet(() -> texts.say("error.no-url", configuration(env)))));
        Optional<Path> ca = options.ca
                .or(() -> data.flatMap(d -> local.ca()))
                .or(() -> Optional.ofNullable(env.get("TELAR_CA")).map(Path::of))
                .or(() -> Optional.ofNullable(file.getProperty("ca")).map(Path::of))
                .or(local::ca);
        Optional<String> inEnvironment =
                Optional.ofNullable(env.get("TELAR_TOKEN")).filter(t -> !t.isBlank());
        Optional<Path> tokenFile = options.tokenFile
                .or(() -> data.flatMap(d -> local.token()))
                .or(() -> inEnvironment.isPresent()
                        ? Optional.empty()
                        : Optional.ofNullable(env.get("TELAR_TOKEN_FILE"))
                                .map(Path::of)
                                .or(() -> Optional.ofNullable(file.getProperty("token-file"))
                                        .map(Path::of))
                                .or(local::token));
        String token = tokenFile
                .map(f -> secret(f, texts))
                .or(() -> inEnvironment.map(String::strip))
                .orElseThrow(
                        () -> new CliException(Exit.PRECONDITION, texts.say("error.no-token", configuration(env))));
        return new Settings(address(url, texts), ca, token);
    }

    static Path configuration(Map<String, String> env) {
        String base = env.getOrDefault("XDG_CONFIG_HOME", "");
        Path folder = base.isEmpty()
                ? Path.of(env.getOrDefault("HOME", System.getProperty("user.home")), ".config")
                : Path.of(base);
        return folder.resolve("telar/cli.properties");
    }

    private static URI address(String url, Texts texts) {
        try {
            URI uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new CliException(Exit.USAGE, texts.say("error.url", url));
    }

    private static Properties file(Path path, Texts texts) {
        Properties p = new Properties();
        if (Files.exists(path)) {
            try (Reader in = Files.newBufferedReader(path)) {
                p.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new CliException(Exit.PRECONDITION, texts.say("error.file", path, e.getMessage()));
            }
        }
        return p;
    }

    /** A secret that others can read is none (S49). */
    static String secret(Path path, Texts texts) {
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
            if (mode.stream().anyMatch(OTHERS::contains)) {
                throw new CliException(Exit.PRECONDITION, texts.say("error.open-secret", path));
            }
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw new CliException(Exit.PRECONDITION, texts.say("error.file", path, e.getMessage()));
        }
    }

    /** What a collector on this machine left in its data folder, or a demo in its own. */
    private record Local(Optional<String> url, Optional<Path> ca, Optional<Path> token) {
        static Local of(Optional<Path> folder) {
            if (folder.isEmpty()) {
                return new Local(Optional.empty(), Optional.empty(), Optional.empty());
            }
            Path demo = folder.get();
            Path data = Files.exists(demo.resolve("collector/api-token")) ? demo.resolve("collector") : demo;
            return new Local(
                    text(data.resolve("api-url")),
                    existing(demo.resolve("pki/ca.crt")),
                    existing(data.resolve("api-token")));
        }

        private static Optional<Path> existing(Path path) {
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        }

        private static Optional<String> text(Path path) {
            try {
                return Files.exists(path) ? Optional.of(Files.readString(path).strip()) : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }
}
