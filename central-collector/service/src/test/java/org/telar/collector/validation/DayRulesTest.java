package org.telar.collector.validation;

import java.util.Arrays;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What one day of one channel can be flagged for (validation on the way in; D4, D7). */
class DayRulesTest {
    private static final long FIRST = 1_800_000_900L;
    private static final int STEP = 900;
    private final DayRules rules = new DayRules(ValidationSettings.standard());

    @Test
    @DisplayName("a clean day has no flag")
    void clean() {
        assertThat(rules.check(day(false, even(96, 120)))).isEmpty();
    }

    @Test
    @DisplayName("GAP: an unknown slot before a known one is a gap, one flag a range; the open end of a day is none")
    void gap() {
        long[] v = even(96, 120);
        Arrays.fill(v, 3, 6, HeldDay.ABSENT);
        Arrays.fill(v, 90, 96, HeldDay.ABSENT);

        assertThat(rules.check(day(false, v)))
                .containsExactly(new Flag(
                        20_000,
                        7,
                        (short) 2,
                        Rule.GAP,
                        FIRST + 2 * STEP,
                        FIRST + 5 * STEP,
                        3,
                        "3 slot(s) without a value"));
    }

    @Test
    @DisplayName(
            "MISSING: what the meter is known to have no value for is told apart from a gap, also at the day's end")
    void missing() {
        long[] v = even(4, 5);
        v[1] = HeldDay.ABSENT;
        v[3] = HeldDay.ABSENT;
        HeldDay d = day(false, v);
        d.quality()[3] = "2.5.259";
        assertThat(kinds(d)).containsExactly(Rule.GAP, Rule.MISSING);
    }

    @Test
    @DisplayName("NEGATIVE: an increment below zero; of captured registers (D7), one that went back")
    void negative() {
        long[] v = even(96, 120);
        v[10] = -1;
        assertThat(kinds(day(false, v))).containsExactly(Rule.NEGATIVE);
        long[] register = rising(96);
        register[50] = 3;
        List<Flag> flags = rules.check(day(true, register));
        assertThat(flags).extracting(Flag::rule).containsExactly(Rule.NEGATIVE);
        assertThat(flags.get(0).to()).isEqualTo(FIRST + 50 * STEP);
    }

    @Test
    @DisplayName("SPIKE: far above the day's median and above the floor; a load that merely varies is none")
    void spike() {
        long[] v = even(96, 120);
        v[40] = 30_000;
        assertThat(kinds(day(false, v))).containsExactly(Rule.SPIKE);
        v[40] = 2_399; // below 20 x 120, and below 10 kW
        assertThat(kinds(day(false, v))).isEmpty();
        long[] small = even(96, 2);
        small[40] = 2_000; // a kettle in an empty house: above the median, below the floor
        assertThat(kinds(day(false, small))).isEmpty();
    }

    @Test
    @DisplayName("ZERO_RUN: imported energy that is zero all day; an export channel may be")
    void zeroRun() {
        assertThat(kinds(day(false, even(96, 0)))).containsExactly(Rule.ZERO_RUN);
        HeldDay d = day(false, even(96, 0));
        HeldDay export = new HeldDay(
                d.day(),
                d.meter(),
                d.type(),
                d.first(),
                d.step(),
                d.scaler(),
                d.values(),
                d.quality(),
                d.readAt(),
                false,
                false);
        assertThat(rules.check(export)).isEmpty();
    }

    @Test
    @DisplayName("FUTURE: an interval that ends after it was read. CLOCK: a value whose clock was invalid or set")
    void time() {
        HeldDay d = day(false, even(96, 120));
        HeldDay early = new HeldDay(
                d.day(),
                d.meter(),
                d.type(),
                d.first(),
                d.step(),
                d.scaler(),
                d.values(),
                d.quality(),
                d.end(93),
                false,
                true);
        assertThat(rules.check(early)).singleElement().satisfies(f -> {
            assertThat(f.rule()).isEqualTo(Rule.FUTURE);
            assertThat(f.count()).isEqualTo(2);
        });
        d.quality()[5] = "1.1.9+1.5.257";
        d.quality()[6] = "1.4.9";
        assertThat(rules.check(d)).singleElement().satisfies(f -> {
            assertThat(f.rule()).isEqualTo(Rule.CLOCK);
            assertThat(f.count()).isEqualTo(2);
        });
    }

    @Property(tries = 300)
    @Label("flags lie within the day, count their slots, and never change a value")
    void wellFormed(
            @ForAll @Size(min = 1, max = 100) long @LongRange(min = -5, max = 2_000_000) [] values,
            @ForAll boolean register) {
        long[] before = values.clone();
        HeldDay d = day(register, values);
        for (Flag f : rules.check(d)) {
            assertThat(f.from()).isGreaterThanOrEqualTo(FIRST - STEP).isLessThan(f.to());
            assertThat(f.to()).isLessThanOrEqualTo(d.end(d.size() - 1));
            assertThat((f.to() - f.from()) / STEP).isEqualTo(f.count());
        }
        assertThat(values).isEqualTo(before);
    }

    private List<Rule> kinds(HeldDay d) {
        return rules.check(d).stream().map(Flag::rule).toList();
    }

    private static long[] even(int n, long value) {
        long[] v = new long[n];
        Arrays.fill(v, value);
        return v;
    }

    private static long[] rising(int n) {
        long[] v = new long[n];
        for (int i = 0; i < n; i++) {
            v[i] = 1_000 + i;
        }
        return v;
    }

    private static HeldDay day(boolean register, long[] values) {
        String[] quality = new String[values.length];
        for (int i = 0; i < values.length; i++) {
            quality[i] = values[i] == HeldDay.ABSENT ? "" : "1.0.0";
        }
        return new HeldDay(
                20_000, 7, (short) 2, FIRST, STEP, 0, values, quality, FIRST + 100 * 86_400L, register, true);
    }
}
