package org.telar.agent;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The real bundles in the real framework: every component of ours is there, satisfied, and goes when it is told. */
class AssemblyTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    @DisplayName("Runtime: all bundles are active and every component is satisfied, without a broker or a meter")
    void everyComponentIsSatisfied() throws Exception {
        TestAgent agent = new TestAgent(folder);
        Assembly assembly = start(agent);
        try {
            Readiness.Report report = new Readiness(assembly).await(SOON);
            assertThat(report.refusals()).isEmpty();
            assertThat(report.waiting()).isEmpty();
            assertThat(report.states().values()).containsOnly("satisfied");
            assertThat(report.states().keySet())
                    .contains("org.telar.concentrator", "org.telar.concentrator.events", "org.telar.concentrator.inbox")
                    .contains("org.telar.platform.linux.keys", "org.telar.platform.linux.counters")
                    .anyMatch(n -> n.contains("store.sqlite"))
                    .anyMatch(n -> n.contains("uplink.mqtt"))
                    .anyMatch(n -> n.contains("meter.dlms"))
                    .anyMatch(n -> n.contains("meter.iec21"))
                    .anyMatch(n -> n.contains("channel.net"))
                    .anyMatch(n -> n.contains("channel.serial"));
            BundleContext context = assembly.context();
            assertThat(context.getBundles()).allMatch(b -> b.getState() == Bundle.ACTIVE);
            assertThat(context.getAllServiceReferences("org.telar.api.meter.MeterDriver", null))
                    .as("R13: a second driver stands beside the first, and nothing else knows of it")
                    .hasSize(2);
            await().atMost(SOON).untilAsserted(() -> assertThat(
                            Files.readString(agent.data().resolve("status.json")))
                    .contains("\"state\":\"running\"", "\"linkUp\":false", "\"store\":\"ok\""));
        } finally {
            assertThat(assembly.stop()).as("F38: stops in time").isTrue();
        }
        assertThat(Files.readString(agent.data().resolve("status.json"))).contains("\"state\":\"stopped\"");
    }

    @Test
    @DisplayName(
            "D17: keys sealed for this gateway are opened in the framework, with nothing but what the bundle brings")
    void sealedKeysOpen() throws Exception {
        TestAgent agent = new TestAgent(folder);
        Assembly assembly = start(agent);
        try {
            assertThat(new Readiness(assembly).await(SOON).refusals()).isEmpty();
            BundleContext context = assembly.context();
            Object receiver =
                    context.getService(context.getAllServiceReferences("org.telar.api.platform.KeyReceiver", null)[0]);
            byte[] envelope = Sealing.seal(agent.file("gateway.p12"), "keys".getBytes(StandardCharsets.US_ASCII));
            Object opened = receiver.getClass().getMethod("open", byte[].class).invoke(receiver, (Object) envelope);
            assertThat((byte[]) opened).asString(StandardCharsets.US_ASCII).isEqualTo("keys");
        } finally {
            assembly.stop();
        }
    }

    @Test
    @DisplayName("Bad input: a component that refuses says its sentence, and which component it is")
    void refusalIsTold() throws Exception {
        TestAgent agent = new TestAgent(folder);
        Files.delete(agent.file("meters.csv"));
        Assembly assembly = start(agent);
        try {
            assertThat(new Readiness(assembly).await(SOON).refusals())
                    .singleElement()
                    .asString()
                    .startsWith("component org.telar.concentrator refused to start: cannot read the meter table")
                    .contains("meters.csv: there is no such file");
        } finally {
            assembly.stop();
        }
    }

    @Test
    @DisplayName("Runtime: while something is missing the report says which component misses what")
    void missingIsNamed() throws Exception {
        TestAgent agent = new TestAgent(folder);
        Configuration configuration = agent.configuration();
        configuration.components().remove(Configuration.UPLINK);
        Assembly assembly = Assembly.start(
                TestAgent.home().resolve("bundles"), agent.data().resolve("felix"), configuration.components());
        try {
            assertThat(new Readiness(assembly).await(Duration.ofSeconds(2)).waiting())
                    .anyMatch(w -> w.contains("UplinkComponent") && w.contains("configuration"))
                    .anyMatch(w -> w.equals("component org.telar.concentrator misses reference uplink"));
        } finally {
            assembly.stop();
        }
    }

    private static Assembly start(TestAgent agent) throws Exception {
        return Assembly.start(
                TestAgent.home().resolve("bundles"),
                agent.data().resolve("felix"),
                agent.configuration().components());
    }
}
