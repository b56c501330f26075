package org.telar.collector.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.cli.Console;
import org.telar.cli.Telar;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.RunningCollector;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line inside the test's JVM, against a running collector. */
final class Shell {
    private final Path data;
    private final Path ca;

    /** What a command line gave. */
    record Ran(int code, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }

        List<String> lines() {
            return out.lines().toList();
        }
    }

    Shell(RunningCollector collector) throws Exception {
        this.data = collector.data();
        this.ca = collector.data().resolveSibling("authority.pem");
        KeyStore trust = KeyStore.getInstance(collector.pki().trustStore().toFile(), Pki.PASSWORD.toCharArray());
        StringBuilder pem = new StringBuilder();
        for (String alias : Collections.list(trust.aliases())) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getMimeEncoder()
                            .encodeToString(trust.getCertificate(alias).getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        Files.writeString(ca, pem);
    }

    Ran run(String... args) {
        return run(Map.of("LANG", "en_US.UTF-8"), args);
    }

    Ran run(Map<String, String> environment, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--data", data.toString(), "--ca", ca.toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Telar.run(
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new ByteArrayInputStream(new byte[0]),
                        environment,
                        Optional.empty(),
                        false),
                all.toArray(String[]::new));
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
