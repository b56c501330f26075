package org.telar.agent;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Profile and configuration: what components are told, and how a person's mistake is named. */
class ConfigurationTest {
    private static final String PROFILE = """
            {"name": "p", "protocols": {"wrapper": {"inFlight": 4, "minTimeout": "PT1S"}, "hdlc": {"inFlight": 1}},
             "media": {"rs485": {"protocol": "hdlc", "uri": "serial:/dev/ttyS0"}, "spare": {"protocol": "hdlc"}},
             "concentrator": {"backfillDays": 45, "correctClocks": false, "agenda": []}}
            """;

    @Test
    @DisplayName("The gateway's configuration wins over the profile key by key; paths count from its folder")
    void merged() throws ConfigException {
        Map<String, Map<String, Object>> c = parse(TestAgent.agentJson()).components();
        Map<String, Object> concentrator = c.get(Configuration.CONCENTRATOR);
        assertThat(concentrator)
                .containsEntry("backfill.days", 3L)
                .containsEntry("correct.clocks", false)
                .containsEntry("meter.table", "/etc/telar/meters.csv");
        assertThat((String[]) concentrator.get("media"))
                .as("a medium without an address is not there; a line is shared, IP is not")
                .containsExactly(
                        "name=rs485 inFlight=1 address=serial:/dev/ttyS0 shared=true",
                        "name=plc inFlight=4 minTimeout=PT1S address=tcp://127.0.0.1:9 shared=false");
        assertThat(c.get(Configuration.PLATFORM))
                .containsEntry("gateway.id", "gw-0001")
                .containsEntry("serial", 1L)
                .containsEntry("data.directory", "/var/lib/telar");
        assertThat(c.get(Configuration.UPLINK)).containsEntry("key.store", "/etc/telar/gateway.p12");
    }

    @ParameterizedTest(name = "Bad input: {0} -> {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"gateway\": | \"gatway\": | key \"gatway\": is unknown; known here are $schema, backfillDays",
                "\"gw-0001\" | \"gw 1\" | key \"gateway\": 1 to 64 of A-Z",
                "\"0001\" | \"x1\" | key \"serial\": a whole number 0..",
                "ssl:// | tcp:// | key \"mqtt.url\": ssl://host:port expected",
                "\"meters.csv\" | 7 | key \"meterTable\": a text of 1 to 300 characters expected, got 7",
                "\"wrapper\" | \"smoke\" | key \"media.plc.protocol\": one of wrapper, hdlc, iec62056-21 expected, got smoke",
                "\"uri\": | \"retries\": [\"soon\"], \"uri\": | key \"media.plc.retries[0]\": a duration such as PT1.5S expected, got soon",
                "\"uri\": | \"inFlight\": 20, \"uri\": | key \"media.plc.inFlight\": a whole number 1..8 expected, got 20"
            })
    void namedByKey(String from, String to, String expected) {
        assertThatThrownBy(() -> parse(TestAgent.agentJson().replace(from, to)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("agent.json, ")
                .hasMessageContaining(expected);
    }

    @ParameterizedTest(name = "Bad input: {0} is wrong at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "[1] | line 1, column 1: an object",
                "{'a' 1} | line 1, column 6: \":\" expected",
                "{'a': 1,} | line 1, column 9: another element",
                "{'a': 1, 'a': 2} | line 1, column 10: key \"a\" is given twice",
                "{'a': nul} | line 1, column 7: a value expected",
                "{'a': 01} | line 1, column 7: a value expected",
                "{'a': [1, 2} | line 1, column 12: \",\" or \"]\" expected",
                "{'a': 'x | line 1, column 9: the file ends too early",
                "{} {} | line 1, column 4: nothing expected"
            })
    void namedByPlace(String json, String expected) {
        assertThatThrownBy(() -> Json.object("f.json", json.replace('\'', '"')))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("f.json, " + expected);
    }

    @Test
    @DisplayName("S44: nesting without end is refused, not followed")
    void depthIsBounded() {
        assertThatThrownBy(() -> Json.object("f.json", "{\"a\":".repeat(10_000)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most 32 levels");
    }

    @Test
    @DisplayName("Errors for people: the sentence of ours is taken out of a stack trace")
    void sentenceOfATrace() {
        String trace = "java.lang.RuntimeException: wrapped\n\tat a.B.c(B.java:1)\n"
                + "Caused by: org.telar.x.StartRefused: the sentence: with a colon\n\tat d.E.f(E.java:2)\n"
                + "Caused by: java.io.IOException: detail\n\t... 3 more\n";
        assertThat(Readiness.cause(trace)).isEqualTo("the sentence: with a colon");
        assertThat(Readiness.cause("java.io.IOException: only this\n\tat a.B.c(B.java:1)\n"))
                .isEqualTo("only this");
    }

    private static Configuration parse(String agent) throws ConfigException {
        return Configuration.of(
                new Section("profile.json", "", Json.object("profile.json", PROFILE)),
                ConfigFiles.agent("agent.json", agent),
                Path.of("/etc/telar"),
                Path.of("/var/lib/telar"));
    }
}
