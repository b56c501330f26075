package org.telar.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/** Texts: Spanish and English complete, every command and option told. */
class TextsTest {
    @Test
    @DisplayName("interfaces.md: both languages hold the same keys with the same places; none is empty")
    void sameKeys() throws Exception {
        Properties en = load("texts.properties");
        Properties es = load("texts_es.properties");
        assertThat(new TreeSet<>(es.stringPropertyNames())).isEqualTo(new TreeSet<>(en.stringPropertyNames()));
        for (String key : en.stringPropertyNames()) {
            assertThat(en.getProperty(key)).as(key).isNotBlank();
            assertThat(es.getProperty(key)).as(key).isNotBlank();
            assertThat(places(es.getProperty(key))).as(key).isEqualTo(places(en.getProperty(key)));
        }
    }

    @Test
    @DisplayName("interfaces.md: every command, option and parameter has a text in both languages")
    void everythingTold() {
        for (String language : List.of("es_CL.UTF-8", "en_US.UTF-8")) {
            List<String> silent = new ArrayList<>();
            visit(command(language), silent);
            assertThat(silent).as(language).isEmpty();
        }
        assertThat(Texts.of(Map.of("LANG", "es_CL.UTF-8")).language()).isEqualTo("es");
        assertThat(Texts.of(Map.of("LC_ALL", "C", "LANG", "es")).language()).isEqualTo("en");
    }

    @Test
    @DisplayName("Every key that the program asks for exists")
    void asked() throws Exception {
        Set<String> keys = load("texts.properties").stringPropertyNames();
        Pattern use = Pattern.compile("(?:say|tell)\\(\\s*\"([a-z.-]+)\"|(?:refuse|confirm)\\([^\"]*\"([a-z.-]+)\"");
        List<String> missing = new ArrayList<>();
        int asked = 0;
        try (var files = java.nio.file.Files.walk(java.nio.file.Path.of("src/main/java"))) {
            for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher m = use.matcher(java.nio.file.Files.readString(file));
                while (m.find()) {
                    String key = m.group(1) != null ? m.group(1) : m.group(2);
                    asked++;
                    if (!keys.contains(key)) {
                        missing.add(file + ": " + key);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(asked).isGreaterThan(20);
    }

    private static void visit(CommandLine line, List<String> silent) {
        var spec = line.getCommandSpec();
        if (spec.usageMessage().description().length == 0) {
            silent.add(spec.qualifiedName());
        }
        spec.options().stream()
                .filter(o -> o.description().length == 0)
                .forEach(o -> silent.add(spec.qualifiedName() + " " + o.longestName()));
        spec.positionalParameters().stream()
                .filter(p -> p.description().length == 0)
                .forEach(p -> silent.add(spec.qualifiedName() + " " + p.paramLabel()));
        line.getSubcommands().values().forEach(c -> visit(c, silent));
    }

    static CommandLine command(String language) {
        return Telar.command(new Console(
                new PrintStream(new ByteArrayOutputStream()),
                new PrintStream(new ByteArrayOutputStream()),
                new ByteArrayInputStream(new byte[0]),
                Map.of("LANG", language),
                Optional.empty(),
                false));
    }

    private static Set<String> places(String text) {
        Set<String> places = new TreeSet<>();
        Matcher m = Pattern.compile("\\{\\d\\}").matcher(text);
        while (m.find()) {
            places.add(m.group());
        }
        return places;
    }

    private static Properties load(String name) throws IOException {
        Properties p = new Properties();
        try (InputStream in = Texts.class.getResourceAsStream(name)) {
            p.load(new java.io.InputStreamReader(in, java.nio.charset.StandardCharsets.UTF_8));
        }
        return p;
    }
}
