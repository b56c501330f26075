package org.telar.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command runs in.
 *
 * @param demo data folder of the repository's demo, asked when nothing else names a collector
 * @param terminal whether a person sits there who can be asked
 */
public record Console(
        PrintStream out,
        PrintStream err,
        InputStream in,
        Map<String, String> environment,
        Optional<Path> demo,
        boolean terminal) {

    static Console ofProcess() {
        return new Console(
                System.out,
                System.err,
                System.in,
                System.getenv(),
                Optional.ofNullable(System.getProperty("telar.demo")).map(Path::of),
                System.console() != null);
    }

    /** Red where colour is wanted (NO_COLOR). */
    void fault(String text) {
        boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
        err.println(colour ? "\u001b[31m" + text + "\u001b[0m" : text);
    }

    Optional<String> answer(String question) {
        err.print(question);
        err.flush();
        try {
            return Optional.ofNullable(
                    new BufferedReader(new InputStreamReader(in, Charset.defaultCharset())).readLine());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
