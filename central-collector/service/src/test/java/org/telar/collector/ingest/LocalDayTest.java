package org.telar.collector.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A sample belongs to the local day in which its interval starts; Chile has days of 92, 96 and 100 quarters (D5). */
class LocalDayTest {
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");

    @ParameterizedTest
    @DisplayName("interval ends at both borders of ordinary and of clock-change days (D4, D5, fault 21)")
    @CsvSource({
        // the interval's end, its local day, the day's first interval end, quarters
        "2026-06-10T04:15:00Z, 2026-06-10, 2026-06-10T04:15:00Z, 96",
        "2026-06-11T04:00:00Z, 2026-06-10, 2026-06-10T04:15:00Z, 96",
        "2026-04-05T04:00:00Z, 2026-04-04, 2026-04-04T03:15:00Z, 100",
        "2026-04-05T04:15:00Z, 2026-04-05, 2026-04-05T04:15:00Z, 96",
        "2026-09-06T04:00:00Z, 2026-09-05, 2026-09-05T04:15:00Z, 96",
        "2026-09-06T04:15:00Z, 2026-09-06, 2026-09-06T04:15:00Z, 92",
        "2026-09-07T03:00:00Z, 2026-09-06, 2026-09-06T04:15:00Z, 92"
    })
    void days(Instant end, LocalDate date, Instant first, int slots) {
        LocalDay day = LocalDay.of(end, Duration.ofMinutes(15), SANTIAGO);

        assertThat(day).isEqualTo(new LocalDay(date, first, slots));
        assertThat(day.slotOf(end, Duration.ofMinutes(15))).isBetween(0, slots - 1);
    }

    @ParameterizedTest
    @DisplayName("5, 30 and 60 minutes, and one day, fill their local day too (D4)")
    @CsvSource({"PT5M, 288", "PT30M, 48", "PT1H, 24", "PT24H, 1"})
    void periods(Duration period, int slots) {
        Instant end = Instant.parse("2026-06-10T04:00:00Z").plus(period);

        assertThat(LocalDay.of(end, period, SANTIAGO).slots()).isEqualTo(slots);
    }
}
