package org.telar.concentrator.internal.agenda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.platform.EventSink;
import org.telar.contract.Agenda;

import static org.assertj.core.api.Assertions.assertThat;

/** The agenda on civil time, over reboots and downtimes (R92, R40, D5). */
class AgendaTest {
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");

    @TempDir
    Path folder;

    private final List<String> ran = new ArrayList<>();
    private final List<String> events = new ArrayList<>();

    @Test
    @DisplayName("D5: on the day without a local midnight hour the 00:20 run starts at the first valid instant")
    void missingTime() {
        Agenda.Activity night = at("night", "00:20");
        Instant firstValid = Instant.parse("2026-09-06T04:00:00Z");
        assertThat(CivilSchedule.latestDue(night, SANTIAGO, firstValid)).isEqualTo(firstValid);
        assertThat(CivilSchedule.latestDue(night, SANTIAGO, firstValid.minusSeconds(1)))
                .isEqualTo(Instant.parse("2026-09-05T04:20:00Z"));
    }

    @Test
    @DisplayName("D5: a local time that occurs twice runs once")
    void repeatedTime() {
        AgendaKeeper keeper = keeper(at("late", "23:30"));
        Instant start = Instant.parse("2026-04-04T20:00:00Z");
        for (int minute = 0; minute < 12 * 60; minute++) {
            keeper.tick(start.plus(Duration.ofMinutes(minute)));
        }
        assertThat(ran).containsExactly("late 2026-04-05T02:30:00Z");
    }

    @Test
    @DisplayName("R92: by interval from local midnight, 96 and 100 quarter-hours a day")
    void byInterval() {
        AgendaKeeper keeper = keeper(new Agenda.Activity("q", Agenda.Type.STATUS_POLL, Optional.empty(), 15));
        Instant start = Instant.parse("2026-11-20T03:00:00Z");
        for (int minute = 0; minute < 24 * 60; minute++) {
            keeper.tick(start.plus(Duration.ofMinutes(minute)));
        }
        assertThat(ran).hasSize(95);
    }

    @Test
    @DisplayName("R40: after a downtime of three days a daily run is caught up once; a restart does not repeat it")
    void caughtUpOnce() {
        keeper(at("daily", "00:20")).tick(Instant.parse("2026-11-20T12:00:00Z"));
        assertThat(ran).as("never before the first due time").isEmpty();
        AgendaKeeper after = keeper(at("daily", "00:20"));
        after.tick(Instant.parse("2026-11-23T12:00:00Z"));
        after.tick(Instant.parse("2026-11-23T12:00:01Z"));
        keeper(at("daily", "00:20")).tick(Instant.parse("2026-11-23T12:01:00Z"));
        assertThat(ran).containsExactly("daily 2026-11-23T03:20:00Z");
    }

    @Test
    @DisplayName("F20: a clock that was wrong in the future does not silence the agenda")
    void clockWasAhead() {
        AgendaKeeper keeper = keeper(at("daily", "00:20"));
        keeper.tick(Instant.parse("2027-11-20T12:00:00Z"));
        keeper.tick(Instant.parse("2026-11-20T12:00:00Z"));
        keeper.tick(Instant.parse("2026-11-21T12:00:00Z"));
        assertThat(ran).containsExactly("daily 2026-11-21T03:20:00Z");
    }

    @Test
    @DisplayName("R92: the centre's agenda survives a reboot; an older version changes nothing")
    void survivesReboot() {
        keeper(at("daily", "00:20")).received(agenda(5, at("pushed", "04:00")), Instant.EPOCH);
        AgendaKeeper rebooted = keeper(at("daily", "00:20"));
        assertThat(rebooted.agenda()).isEqualTo(agenda(5, at("pushed", "04:00")));
        rebooted.received(agenda(4, at("old", "05:00")), Instant.EPOCH);
        assertThat(rebooted.agenda().version()).isEqualTo(5);
        assertThat(events).containsExactly("AGENDA_CHANGED");
    }

    @Test
    @DisplayName("F13: a torn agenda file is told, and the configured agenda is used")
    void tornFile() throws IOException {
        keeper(at("daily", "00:20")).received(agenda(5, at("pushed", "04:00")), Instant.EPOCH);
        Path file = folder.resolve("agenda.state");
        Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 40));
        assertThat(keeper(at("daily", "00:20")).agenda().version()).isZero();
        assertThat(events).contains("CONFIG_FALLBACK");
    }

    private AgendaKeeper keeper(Agenda.Activity... activities) {
        EventSink sink = (code, severity, meter, text, detail) -> events.add(code);
        return new AgendaKeeper(folder, agenda(0, activities), sink, (a, at) -> ran.add(a.name() + " " + at));
    }

    private static Agenda agenda(long version, Agenda.Activity... activities) {
        return new Agenda(version, SANTIAGO, List.of(activities));
    }

    private static Agenda.Activity at(String name, String time) {
        return new Agenda.Activity(name, Agenda.Type.N2PLOAD, Optional.of(LocalTime.parse(time)), 0);
    }
}
