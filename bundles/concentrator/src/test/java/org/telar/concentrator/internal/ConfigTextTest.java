package org.telar.concentrator.internal;

import java.net.URI;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.acquisition.MediumConfig;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Configuration text and the small parts that stand between the concentrator and the store. */
class ConfigTextTest {
    @Test
    @DisplayName("A medium's line gives its budget, times and retries; the rest is the default")
    void medium() {
        MediumConfig m = MediumText.parse("name=plc address=tcp://127.0.0.1:4059 inFlight=4 minTimeout=PT1S"
                + " firstTimeout=PT1.5S retries=PT0S,PT2S");
        assertThat(m.name()).isEqualTo("plc");
        assertThat(m.address()).isEqualTo(URI.create("tcp://127.0.0.1:4059"));
        assertThat(m.inFlight()).isEqualTo(4);
        assertThat(m.shared())
                .as("several in flight need channels of their own")
                .isFalse();
        assertThat(m.timeouts().first()).isEqualTo(Duration.ofMillis(1500));
        assertThat(m.timeouts().max()).isEqualTo(Duration.ofSeconds(40));
        assertThat(m.retries().pauses()).containsExactly(Duration.ZERO, Duration.ofSeconds(2));
        assertThat(MediumText.parse("name=l address=serial:/dev/ttyS0").shared())
                .isTrue();
    }

    @ParameterizedTest(name = "Bad input: {0} says {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "name=x | name and address",
                "name=x address=tcp://h:1 speed=9 | one of [address",
                "name=x address=tcp://h:1 inFlight=many | inFlight: a number expected",
                "name=x address=tcp://h:1 inFlight=9 | inFlight is 1..8, got 9",
                "name=x address=tcp://h:1 minTimeout=2s | minTimeout: a duration such as PT1.5S",
                "name=x address=tcp://h:1 minTimeout=PT9S maxTimeout=PT2S | 0 < min <= max"
            })
    void badMedium(String line, String expected) {
        assertThatThrownBy(() -> MediumText.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(line)
                .hasMessageContaining(expected);
    }

    @Test
    @DisplayName("R92: lines of the configured agenda run at a time or by interval; a wrong one is quoted")
    void agenda() {
        Agenda agenda =
                ConfigText.agenda("America/Santiago", new String[] {"night N2PLOAD 00:20", "words STATUS_POLL 15"});
        assertThat(agenda.activities())
                .containsExactly(
                        new Agenda.Activity("night", Agenda.Type.N2PLOAD, Optional.of(LocalTime.of(0, 20)), 0),
                        new Agenda.Activity("words", Agenda.Type.STATUS_POLL, Optional.empty(), 15));
        for (String bad : List.of("night N2PLOAD", "night SLEEP 00:20", "night N2PLOAD 25:00", "night N2PLOAD 0")) {
            assertThatThrownBy(() -> ConfigText.agenda("UTC", new String[] {bad}))
                    .hasMessageContaining(bad);
        }
        assertThatThrownBy(() -> ConfigText.agenda("Mars", new String[0])).hasMessageContaining("zone");
    }

    @Test
    @DisplayName("R34: events raised before the store is there, and while it fails, arrive in order and once")
    void eventsWaitForTheStore() {
        FakeStore store = new FakeStore();
        store.failures = 2;
        try (OutboxWriter writer = new OutboxWriter("events-test")) {
            Events events = new Events(writer, java.time.Clock.systemUTC());
            for (String code : List.of("ONE", "TWO", "THREE")) {
                events.event(code, Severity.WARNING, "M1", "text", Map.of("k", "v"));
            }
            assertThat(store.payloads(OutboxKind.EVENT)).isEmpty();
            writer.attach(store);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> store.payloads(OutboxKind.EVENT).size() == 3);
        }
        assertThat(store.payloads(OutboxKind.EVENT))
                .extracting(bytes -> codeOf(bytes))
                .containsExactly("ONE", "TWO", "THREE");
    }

    @Test
    @DisplayName("R92: a retained agenda that comes before the concentrator is kept for it")
    void inboxKeeps() {
        InboxComponent inbox = new InboxComponent();
        List<String> got = new ArrayList<>();
        inbox.received("activities", new byte[1]);
        inbox.attach((kind, payload) -> got.add(kind));
        inbox.received("orders", new byte[1]);
        assertThat(got).containsExactly("activities", "orders");
    }

    private static String codeOf(byte[] event) {
        try {
            return Contract.decodeEvent(event).code();
        } catch (ContractException e) {
            throw new AssertionError(e);
        }
    }
}
