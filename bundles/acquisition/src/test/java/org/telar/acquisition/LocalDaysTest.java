package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Days of a zone decide which closing is due and which sample belongs to a bill's day (D5). */
class LocalDaysTest {
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");
    private static final Duration QUARTER = Duration.ofMinutes(15);

    @Test
    @DisplayName("D5: the closing of 2026-09-05 is stamped 04:00Z, local midnight of the 6th does not exist")
    void closingOfTheSpringDay() {
        assertThat(LocalDays.closingStamp(LocalDate.of(2026, 9, 5), SANTIAGO))
                .isEqualTo(Instant.parse("2026-09-06T04:00:00Z"));
        assertThat(LocalDays.closingStamp(LocalDate.of(2026, 9, 4), SANTIAGO))
                .isEqualTo(Instant.parse("2026-09-05T04:00:00Z"));
    }

    @Test
    @DisplayName("D5: days of 92, 96 and 100 quarter-hours")
    void slotsOfDays() {
        assertThat(LocalDays.slots(LocalDate.of(2026, 9, 6), SANTIAGO, QUARTER)).isEqualTo(92);
        assertThat(LocalDays.slots(LocalDate.of(2026, 4, 4), SANTIAGO, QUARTER)).isEqualTo(100);
        assertThat(LocalDays.slots(LocalDate.of(2026, 11, 20), SANTIAGO, QUARTER))
                .isEqualTo(96);
    }

    @Test
    @DisplayName("D5: a sample belongs to the local day of its interval's start")
    void dayOfTheMidnightSample() {
        Instant midnight = LocalDays.start(LocalDate.of(2026, 11, 20), SANTIAGO);
        assertThat(LocalDays.dayOf(midnight, QUARTER, SANTIAGO)).isEqualTo(LocalDate.of(2026, 11, 19));
        assertThat(LocalDays.dayOf(midnight.plus(QUARTER), QUARTER, SANTIAGO)).isEqualTo(LocalDate.of(2026, 11, 20));
    }

    @Test
    @DisplayName("D5: a missing local time runs at the first valid instant, a repeated one at its first occurrence")
    void timesThatDoNotExistOrOccurTwice() {
        assertThat(LocalDays.at(LocalDate.of(2026, 9, 6), LocalTime.of(0, 20), SANTIAGO))
                .isEqualTo(Instant.parse("2026-09-06T04:00:00Z"));
        assertThat(LocalDays.at(LocalDate.of(2026, 4, 4), LocalTime.of(23, 30), SANTIAGO))
                .isEqualTo(Instant.parse("2026-04-05T02:30:00Z"));
    }
}
