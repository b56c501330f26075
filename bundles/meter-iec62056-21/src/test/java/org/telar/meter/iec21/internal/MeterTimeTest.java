package org.telar.meter.iec21.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.meter.iec21.internal.MeterTime.Convention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Stamps on the days that decide whether a bill is right (D5): Chile changes the clock at local midnight. */
class MeterTimeTest {
    private static final Instant AUTUMN = Instant.parse("2026-04-04T03:00:00Z");
    private static final Instant SPRING = Instant.parse("2026-09-05T04:00:00Z");

    private static MeterTime santiago(Convention convention) {
        return new MeterTime(Reading.SANTIAGO, convention);
    }

    @ParameterizedTest
    @EnumSource(Convention.class)
    @DisplayName("D5: every quarter around both clock changes goes to the meter and back, season digit and all")
    void seasonedStampsAreNeverAmbiguous(Convention convention) {
        MeterTime time = santiago(convention);
        for (Instant start : List.of(AUTUMN, SPRING)) {
            Set<String> texts = new HashSet<>();
            for (int quarter = 0; quarter <= 200; quarter++) {
                Instant at = start.plus(15L * quarter, ChronoUnit.MINUTES);
                String text = time.format(at, true);
                assertThat(texts.add(text)).as("%s is unique", text).isTrue();
                assertThat(time.parse(text, Instant.MIN).at()).as(text).isEqualTo(at);
                assertThat(time.parse(text + "00", Instant.MIN).at()).as(text).isEqualTo(at);
            }
        }
    }

    @Test
    @DisplayName(
            "D5: 2026-04-04 has 100 quarters: plain local stamps of the repeated hour are told apart by their order")
    void plainLocalStampsInOrder() {
        MeterTime time = santiago(Convention.LOCAL);
        Instant previous = AUTUMN;
        int rows = 0;
        for (Instant at = AUTUMN.plusSeconds(900); !at.isAfter(Instant.parse("2026-04-05T04:00:00Z")); ) {
            Instant read = time.parse(time.format(at, false), previous).at();
            assertThat(read).isEqualTo(at);
            previous = read;
            rows++;
            at = at.plusSeconds(900);
        }
        assertThat(rows).isEqualTo(100);
    }

    @Test
    @DisplayName("D5: a range that begins in the repeated hour is asked from before it, so that order can tell")
    void rangesBeginOutsideTheRepeatedHour() {
        MeterTime time = santiago(Convention.LOCAL);
        Instant change = Instant.parse("2026-04-05T03:00:00Z");
        assertThat(time.outsideRepeatedHour(change.plusSeconds(1800))).isEqualTo(change.minusSeconds(7200));
        assertThat(time.outsideRepeatedHour(change.minusSeconds(1800))).isEqualTo(change.minusSeconds(7200));
        assertThat(time.outsideRepeatedHour(SPRING)).isEqualTo(SPRING);
        assertThat(santiago(Convention.STANDARD).outsideRepeatedHour(change)).isEqualTo(change);
    }

    @Test
    @DisplayName("standard time all year: a January stamp is one hour behind the civil clock")
    void standardTime() {
        assertThat(santiago(Convention.STANDARD)
                        .parse("2601151200", Instant.MIN)
                        .at())
                .isEqualTo(Instant.parse("2026-01-15T16:00:00Z"));
        assertThat(santiago(Convention.LOCAL).parse("2601151200", Instant.MIN).at())
                .isEqualTo(Instant.parse("2026-01-15T15:00:00Z"));
        // The season digit rules, whatever the convention is.
        assertThat(santiago(Convention.STANDARD)
                        .parse("12601151200", Instant.MIN)
                        .at())
                .isEqualTo(Instant.parse("2026-01-15T15:00:00Z"));
        assertThat(santiago(Convention.LOCAL).parse("22601151200", Instant.MIN).at())
                .isEqualTo(Instant.parse("2026-01-15T12:00:00Z"));
    }

    @Test
    @DisplayName("a day that ends at 24:00 ends at the next day's first instant")
    void midnight() {
        assertThat(santiago(Convention.LOCAL).parse("2607312400", Instant.MIN).at())
                .isEqualTo(Instant.parse("2026-08-01T04:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2613011200", "2602301200", "2601012500", "3260101120000", "26010112", "26-01-01"})
    @DisplayName("what is no date and time is refused")
    void nonsense(String text) {
        assertThatThrownBy(() -> santiago(Convention.LOCAL).parse(text, Instant.MIN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("the clock: separators, season digits, and the nearer instant of the repeated hour")
    void clocks() {
        MeterTime time = santiago(Convention.LOCAL);
        Instant second = Instant.parse("2026-04-05T03:30:00Z");
        assertThat(MeterClock.of(time, "26-04-04", "23:30:00", second.plusSeconds(20)))
                .isEqualTo(second);
        assertThat(MeterClock.of(time, "260404", "233000", second.minusSeconds(3000)))
                .isEqualTo(second.minusSeconds(3600));
        assertThat(MeterClock.of(time, "1260404", "1233000", second)).isEqualTo(second.minusSeconds(3600));
    }

    @Property(tries = 500)
    void everyMinuteGoesToTheMeterAndBack(@ForAll @LongRange(min = 27_000_000, max = 34_000_000) long minute) {
        Instant at = Instant.ofEpochSecond(minute * 60);
        for (Convention convention : Convention.values()) {
            MeterTime time = santiago(convention);
            assertThat(time.parse(time.format(at, true), Instant.MIN).at()).isEqualTo(at);
        }
    }
}
