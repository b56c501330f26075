package org.telar.collector.registry;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.LocalTime;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a concentrator does by itself comes from the centre, and waits for it at the broker. */
class AgendasTest {

    private static RunningCollector.Answer put(RunningCollector collector, String at) throws Exception {
        String body = "{\"activities\":[{\"name\":\"daily\",\"type\":\"N2PLOAD\"" + at + "}]}";
        return collector.send(collector
                .request("/api/v1/gateways/gw-ag1/agenda")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    @DisplayName(
            "an agenda set while the concentrator is away is there when it connects, the newest version only (R92, R30)")
    void retained() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        collector.fleet("gw-ag1");
        put(collector, ",\"at\":\"00:20\"");
        assertThat(put(collector, ",\"at\":\"00:30\"").body().path("version").asLong())
                .isEqualTo(2);
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        collector.number("SELECT count(*) FROM gateway WHERE gateway_id = 'gw-ag1' AND agenda_pushed")
                                == 1);

        try (FakeEdge edge = new FakeEdge(collector, "gw-ag1")) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !edge.raw().isEmpty());
            assertThat(edge.raw()).hasSize(1);
            Agenda agenda = Contract.decodeAgenda(edge.raw().get(0).getPayload());
            assertThat(agenda.version()).isEqualTo(2);
            assertThat(agenda.zone().getId()).isEqualTo("America/Santiago");
            assertThat(agenda.activities().get(0).at()).contains(LocalTime.of(0, 30));
        }
        assertThat(put(collector, "").status()).isEqualTo(400);
    }
}
