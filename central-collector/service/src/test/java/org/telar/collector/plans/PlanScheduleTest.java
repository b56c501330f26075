package org.telar.collector.plans;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.BadInput;
import org.telar.collector.integration.requests.OrderDesk;
import org.telar.collector.integration.requests.PlanDesk;
import org.telar.contract.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Dates and hours of plans as windows in UTC. */
class PlanScheduleTest {
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");

    private static PlanSchedule on(String date, String start, String end) {
        return new PlanSchedule(
                SANTIAGO,
                List.of(LocalDate.parse(date)),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                List.of(new PlanSchedule.Hours(LocalTime.parse(start), LocalTime.parse(end))));
    }

    private static Window next(PlanSchedule s, String after) {
        return s.next(Instant.parse(after)).orElseThrow();
    }

    @Test
    @DisplayName("an hour the day does not have begins at the first valid instant; 2026-09-06 has no 00:00 (D5, R61)")
    void gap() {
        Window w = next(on("2026-09-06", "00:30", "03:00"), "2026-09-01T00:00:00Z");
        assertThat(w.from()).isEqualTo(Instant.parse("2026-09-06T04:00:00Z"));
        assertThat(w.to()).isEqualTo(Instant.parse("2026-09-06T06:00:00Z"));
    }

    @Test
    @DisplayName("an hour the day has twice counts once, the first time: no window is opened twice (D5)")
    void overlap() {
        Window w = next(on("2026-04-04", "23:15", "23:45"), "2026-04-01T00:00:00Z");
        assertThat(w.from()).isEqualTo(Instant.parse("2026-04-05T02:15:00Z"));
        assertThat(Duration.between(w.from(), w.to())).isEqualTo(Duration.ofMinutes(30));
        assertThat(on("2026-04-04", "23:15", "23:45").next(w.to())).isEmpty();
    }

    @Test
    @DisplayName("an end not after the start is on the next day; the last window is told (R61)")
    void overMidnight() {
        PlanSchedule s = on("2026-06-10", "22:00", "02:00");
        Window w = next(s, "2026-06-11T05:00:00Z");
        assertThat(w.from()).isEqualTo(Instant.parse("2026-06-11T02:00:00Z"));
        assertThat(w.to()).isEqualTo(Instant.parse("2026-06-11T06:00:00Z"));
        assertThat(s.last()).contains(w.to());
        assertThat(w.holds(w.to())).isFalse();
    }

    @Test
    @DisplayName(
            "repeated on days of the week from a first to a last date, several windows a day, in their order (R31)")
    void repeated() {
        PlanSchedule s = new PlanSchedule(
                SANTIAGO,
                List.of(),
                Optional.of(LocalDate.parse("2026-06-01")),
                Optional.of(LocalDate.parse("2026-06-14")),
                Set.of(DayOfWeek.MONDAY),
                List.of(
                        new PlanSchedule.Hours(LocalTime.of(14, 0), LocalTime.of(15, 0)),
                        new PlanSchedule.Hours(LocalTime.of(2, 0), LocalTime.of(3, 0))));
        List<Window> all = s.ended(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2027-01-01T00:00:00Z"), 100);
        assertThat(all.stream().map(w -> w.from().toString()))
                .containsExactly(
                        "2026-06-01T06:00:00Z", "2026-06-01T18:00:00Z", "2026-06-08T06:00:00Z", "2026-06-08T18:00:00Z");
        assertThat(s.ended(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2027-01-01T00:00:00Z"), 1))
                .as("only so many, the last ones")
                .hasSize(1)
                .allMatch(w -> w.from().toString().equals("2026-06-08T18:00:00Z"));
    }

    @Test
    @DisplayName("a schedule that says nothing, or two things, has its own code and a way out in both languages")
    void refused() {
        assertThatThrownBy(() -> on("2026-06-10", "02:00", "02:00")).isInstanceOfSatisfying(BadInput.class, e -> {
            assertThat(e.code()).isEqualTo("PLAN_WINDOW");
            assertThat(e.sentence(java.util.Locale.forLanguageTag("es-CL"))).contains("ventanas", "02:00");
            assertThat(e.getMessage()).contains("windows", "02:00");
        });
        assertThatThrownBy(() -> new PlanCommand(
                        Order.Type.READ_PROFILE,
                        Order.Source.METER,
                        Optional.of(46),
                        Optional.empty(),
                        Optional.empty()))
                .isInstanceOfSatisfying(
                        BadInput.class, e -> assertThat(e.code()).isEqualTo("PLAN_COMMAND_RANGE"));
    }

    @Test
    @DisplayName("the last days of a command are whole local days of the meter, closing included (D5)")
    void lastDays() {
        PlanCommand c = new PlanCommand(
                Order.Type.READ_CLOSINGS, Order.Source.METER, Optional.of(1), Optional.empty(), Optional.empty());
        var range = c.range(Instant.parse("2026-09-06T12:00:00Z"), SANTIAGO).orElseThrow();
        assertThat(range.from()).isEqualTo(Instant.parse("2026-09-05T04:00:00Z"));
        assertThat(range.to()).isEqualTo(Instant.parse("2026-09-06T04:00:00Z"));
    }

    @Test
    @DisplayName(
            "a MeterReadSchedule's dates, recurrence and windows are a plan's schedule; what cannot be is told (R31, R16)")
    void fromMessage() {
        Instant from = Instant.parse("2026-06-10T04:00:00Z");
        var window = new PlanDesk.Window(Instant.parse("2026-06-10T06:00:00Z"), Instant.parse("2026-06-10T08:00:00Z"));
        PlanSchedule daily = CimPlans.schedule(message(from, Duration.ofDays(1), List.of(window)), SANTIAGO);
        assertThat(next(daily, "2026-06-11T09:00:00Z").from()).isEqualTo(Instant.parse("2026-06-12T06:00:00Z"));
        PlanSchedule often = CimPlans.schedule(message(from, Duration.ofHours(6), List.of(window)), SANTIAGO);
        assertThat(next(often, "2026-06-11T09:00:00Z").from()).isEqualTo(Instant.parse("2026-06-11T12:00:00Z"));
        PlanSchedule once = CimPlans.schedule(message(from, null, List.of()), SANTIAGO);
        assertThat(once.next(Instant.parse("2026-06-11T04:00:00Z"))).isEmpty();
        assertThatThrownBy(() -> CimPlans.schedule(message(from, Duration.ofMinutes(7), List.of()), SANTIAGO))
                .isInstanceOfSatisfying(
                        BadInput.class, e -> assertThat(e.code()).isEqualTo("PLAN_EVERY"));
    }

    private static PlanDesk.Plan message(Instant from, Duration every, List<PlanDesk.Window> windows) {
        return new PlanDesk.Plan(
                "cim:a:b",
                List.of("1"),
                Set.of(OrderDesk.What.CLOSINGS),
                from,
                Optional.empty(),
                Optional.ofNullable(every),
                windows,
                "cim:a");
    }
}
