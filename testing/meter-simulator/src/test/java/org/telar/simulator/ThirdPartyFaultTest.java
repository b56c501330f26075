package org.telar.simulator;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.simulator.control.Commands;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.media.Traffic;

import static org.assertj.core.api.Assertions.assertThat;

/** A fault that an IEC 62056-21 meter cannot show is refused, not swallowed (R13, F22-F30). */
class ThirdPartyFaultTest {
    @Test
    @DisplayName("R13: DLMS faults and other shapes are refused for third-party meters; \"all\" means those that can")
    void refused() {
        FleetSettings s = Sims.settings(Path.of("unused"), 4, 20_000, Map.of(Medium.WRAPPER, 100));
        FleetSettings mixed = new FleetSettings(
                s.seed(),
                s.meters(),
                s.bufferDays(),
                s.zone(),
                s.media(),
                s.models(),
                s.lineSize(),
                s.portBase(),
                s.data(),
                0,
                2);
        Fleet fleet = Fleet.build(mixed, Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC));
        Commands commands = new Commands(fleet, new Traffic());
        Meter other = fleet.meters().stream()
                .filter(m -> m.spec().medium() == Medium.IEC21)
                .findFirst()
                .orElseThrow();
        String who = ",\"meter\":" + other.spec().number();
        assertThat(commands.run("{\"cmd\":\"fault\",\"kind\":\"late\"" + who + "}"))
                .contains("expected a DLMS meter");
        assertThat(commands.run("{\"cmd\":\"capture-period\",\"seconds\":1800" + who + "}"))
                .contains("expected a DLMS meter");
        assertThat(commands.run("{\"cmd\":\"fault\",\"kind\":\"late\",\"meters\":\"all\"}"))
                .isEqualTo("{\"ok\":true,\"meters\":4}");
    }
}
