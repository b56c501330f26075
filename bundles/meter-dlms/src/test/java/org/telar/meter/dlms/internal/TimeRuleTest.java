package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.ModelMemory;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.meter.dlms.internal.TimeRule.Deviation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Times of meters become the right UTC, whatever their makers made of the deviation (D3, D5). */
class TimeRuleTest {
    private static final ZoneId CHILE = ZoneId.of("America/Santiago");

    private static CosemTime time(String hex) {
        return CosemTime.of(HexFormat.of().parseHex(hex)).orElseThrow();
    }

    @Test
    @DisplayName("D3: 2026-11-20 00:15 in Chile's summer, +180 by the standard, -180 inverted, 0x8000 by the zone")
    void threeSigns() {
        Instant expected = Instant.parse("2026-11-20T03:15:00Z");
        assertThat(new TimeRule(Deviation.NORMAL, CHILE).utc(time("07ea0b1405000f000000b480")))
                .isEqualTo(expected);
        assertThat(new TimeRule(Deviation.INVERTED, CHILE).utc(time("07ea0b1405000f0000ff4c80")))
                .isEqualTo(expected);
        assertThat(new TimeRule(Deviation.UNSPECIFIED, CHILE).utc(time("07ea0b1405000f0000800080")))
                .isEqualTo(expected);
        assertThat(new TimeRule(Deviation.NORMAL, CHILE).utc(time("07ea0b1405000f0000800080")))
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("D5: the repeated hour of 2026-04-04 is told apart by the daylight saving bit, else by the row before")
    void repeatedHour() {
        TimeRule rule = new TimeRule(Deviation.UNSPECIFIED, CHILE);
        Instant summer = Instant.parse("2026-04-05T02:30:00Z");
        Instant winter = summer.plus(Duration.ofHours(1));
        assertThat(rule.utc(time("07ea040406171e0000800080"))).isEqualTo(summer);
        assertThat(rule.utc(time("07ea040406171e0000800000"))).isEqualTo(winter);
        CosemTime silent = time("07ea040406171e00008000ff");
        assertThat(rule.utc(silent, Optional.of(summer.minusSeconds(900)))).isEqualTo(summer);
        assertThat(rule.utc(silent, Optional.of(summer.plusSeconds(900)))).isEqualTo(winter);
    }

    @Property(tries = 500)
    @Label("D3: what we write as a meter's time we read back, in every rule, over twenty years of clock changes")
    void thereAndBack(@ForAll @LongRange(min = 1_577_836_800L, max = 2_208_988_800L) long seconds) {
        Instant instant = Instant.ofEpochSecond(seconds);
        for (Deviation deviation : Deviation.values()) {
            for (String zone : new String[] {"America/Santiago", "Europe/Madrid", "Asia/Kathmandu", "UTC"}) {
                TimeRule rule = new TimeRule(deviation, ZoneId.of(zone));
                byte[] written = rule.local(instant).encoded();
                assertThat(rule.utc(CosemTime.of(written).orElseThrow())).isEqualTo(instant);
            }
        }
    }

    @Property(tries = 500)
    @Label("R44: twelve random bytes are a time or none, never an exception")
    void noise(@ForAll @Size(max = 14) byte[] noise) {
        Optional<CosemTime> time = CosemTime.of(noise);
        assertThat(time.isEmpty() || noise.length == CosemTime.LENGTH).isTrue();
    }

    private static final class Notes implements ModelMemory {
        private final Map<String, String> map = new HashMap<>();

        @Override
        public Optional<String> recall(String key) {
            return Optional.ofNullable(map.get(key));
        }

        @Override
        public void remember(String key, String value) {
            map.put(key, value);
        }

        @Override
        public void forget(String key) {
            map.remove(key);
        }
    }

    private final Notes memory = new Notes();

    private Deviations deviations(Map<String, String> parameters) {
        Meter meter = new Meter(
                new MeterId("1"), "dlms", "M", "M1", "line", "wrapper:1", 1, Authentication.NONE, CHILE, parameters);
        return new Deviations(meter, new ModelNotes(memory, meter));
    }

    @Test
    @DisplayName("D3: the sign is learned from a clock that is right with one sign only, and remembered")
    void learns() throws Exception {
        Instant host = Instant.parse("2026-11-20T03:20:00Z");
        TimeRule rule = deviations(Map.of()).resolve(time("07ea0b1405000f0000ff4c80"), host);
        assertThat(rule.deviation()).isEqualTo(Deviation.INVERTED);
        assertThat(deviations(Map.of()).known().map(TimeRule::deviation)).contains(Deviation.INVERTED);
    }

    @Test
    @DisplayName(
            "D3: nothing is resolved when no sign fits, or when a meter contradicts its model by twice the deviation")
    void unresolved() throws Exception {
        CosemTime inverted = time("07ea0b1405000f0000ff4c80");
        Instant right = Instant.parse("2026-11-20T03:15:00Z");
        assertThatThrownBy(() -> deviations(Map.of()).resolve(inverted, Instant.EPOCH))
                .as("D2: a gateway in 1970 learns nothing")
                .isInstanceOfSatisfying(
                        MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.CLOCK_UNRESOLVED));

        deviations(Map.of()).resolve(time("07ea0b1405000f000000b480"), right);
        assertThatThrownBy(() -> deviations(Map.of()).resolve(inverted, right))
                .isInstanceOfSatisfying(
                        MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.CLOCK_UNRESOLVED));
        assertThat(deviations(Map.of("deviation", "inverted"))
                        .resolve(inverted, right)
                        .deviation())
                .as("the meter table has the last word")
                .isEqualTo(Deviation.INVERTED);
    }
}
