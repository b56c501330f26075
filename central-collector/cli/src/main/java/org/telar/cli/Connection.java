package org.telar.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import picocli.CommandLine.Option;

/** The options that say where the collector is; every command has them. */
public final class Connection {
    @Option(names = "--url", paramLabel = "URL", descriptionKey = "option.url")
    Optional<String> url = Optional.empty();

    @Option(names = "--ca", paramLabel = "FILE", descriptionKey = "option.ca")
    Optional<Path> ca = Optional.empty();

    @Option(names = "--token-file", paramLabel = "FILE", descriptionKey = "option.token-file")
    Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--data", paramLabel = "DIR", descriptionKey = "option.data")
    Optional<Path> data = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            descriptionKey = "option.timeout",
            converter = DurationText.class)
    Optional<Duration> timeout = Optional.empty();

    /** How long the command may take in all, waiting included. */
    Duration timeout() {
        return timeout.orElse(Duration.ofMinutes(2));
    }
}
