package org.telar.collector.n2pload;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** D12, case by case. */
class OutcomeTest {
    private static final Instant START = Instant.parse("2026-06-10T12:00:00Z");

    @ParameterizedTest
    @DisplayName("new, nothing due, stale, not reached; without a last contact the document's rule (R42, D12)")
    @CsvSource({
        // brought, failed, contact (s after the start, empty = none), newest held (s before the contact), outcome
        "12, false,  60,  100, NEW",
        "12, true,     ,  100, NEW",
        "0,  false,  60,  100, NOTHING_NEW",
        "0,  false,  60,  899, NOTHING_NEW",
        "0,  false,  60,  900, PROFILE_STALE",
        "0,  false,  60,     , PROFILE_STALE",
        "0,  false, -60,  100, NOT_REACHED",
        "0,  true,   60, 9000, NOT_REACHED",
        "0,  false,    , 9000, NOT_REACHED",
        "0,  false,    ,    0, NOT_REACHED"
    })
    void judge(long brought, boolean failed, Long contact, Long age, Outcome expected) {
        Optional<Instant> at = Optional.ofNullable(contact).map(START::plusSeconds);
        Optional<Instant> newest =
                Optional.ofNullable(age).map(a -> at.orElse(START).minusSeconds(a));

        assertThat(Outcome.judge(new Outcome.Facts(brought, failed, at, START, newest, Duration.ofMinutes(15))))
                .isEqualTo(expected);
    }
}
