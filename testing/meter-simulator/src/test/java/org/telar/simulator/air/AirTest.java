package org.telar.simulator.air;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The arithmetic of the medium models, on a clock of the test's own (R50: figures need a medium that is the same twice). */
class AirTest {
    private static final long MILLI = 1_000_000L;
    /** 8,000 bit/s: one byte a millisecond; 10 ms access, segments of 50 bytes, latency 7 ms. */
    private static final Preset PLAIN = preset(0, 1, 0, 1);

    private static Preset preset(double loss, int attempts, double bitErrors, int hops) {
        return new Preset("test", 8000, 8, 50, 10, 7, 0, loss, attempts, bitErrors, true, hops);
    }

    @Test
    @DisplayName("rate, access time, segments, latency and hops add up; one message waits for the other")
    void arithmetic() {
        Air air = new Air(PLAIN, 1);
        // 120 bytes: three segments of 60, 60 and 30 ms.
        assertThat(air.send(0, new byte[120]).orElseThrow().at()).isEqualTo((150 + 7) * MILLI);
        assertThat(air.send(20 * MILLI, new byte[50]).orElseThrow().at()).isEqualTo((150 + 60 + 7) * MILLI);
        assertThat(air.send(500 * MILLI, new byte[1]).orElseThrow().at()).isEqualTo((500 + 11 + 7) * MILLI);
        assertThat(air.totals()).isEqualTo(new Air.Totals(3, 0, 5, 0, (150 + 60 + 11) * MILLI));
        Air far = new Air(preset(0, 1, 0, 2), 1);
        assertThat(far.send(0, new byte[120]).orElseThrow().at()).isEqualTo((300 + 7) * MILLI);
    }

    @Test
    @DisplayName("loss: ARQ repeats what the chance says and gives up after the last attempt; without ARQ it is gone")
    void loss() {
        Air arq = new Air(preset(0.2, 4, 0, 1), 3);
        for (int i = 0; i < 5000; i++) {
            arq.send(i * 10_000 * MILLI, new byte[50]);
        }
        Air.Totals totals = arq.totals();
        assertThat((double) totals.repeated() / totals.messages()).isBetween(0.22, 0.28);
        assertThat(totals.lost()).as("0.2 to the power of 4").isBetween(2L, 18L);
        Air none = new Air(preset(0.2, 1, 0, 1), 3);
        for (int i = 0; i < 5000; i++) {
            none.send(i * 10_000 * MILLI, new byte[50]);
        }
        assertThat(none.totals().lost()).isBetween(900L, 1100L);
        assertThat(none.totals().repeated()).isZero();
    }

    @Test
    @DisplayName("bit errors: delivered at their rate without ARQ, a lost segment with it")
    void bitErrors() {
        Air raw = new Air(preset(0, 1, 0.001, 1), 5);
        int wrong = 0;
        for (int i = 0; i < 1000; i++) {
            for (byte b :
                    raw.send(i * 10_000 * MILLI, new byte[100]).orElseThrow().bytes()) {
                wrong += Integer.bitCount(b & 0xFF);
            }
        }
        assertThat(wrong).as("800,000 bits").isBetween(700, 900);
        Air arq = new Air(preset(0, 30, 0.001, 1), 5);
        for (int i = 0; i < 1000; i++) {
            assertThat(arq.send(i * 10_000 * MILLI, new byte[50]).orElseThrow().bytes())
                    .containsOnly(0);
        }
        assertThat((double) arq.totals().repeated() / 1000).as("1 - 0.999^400").isBetween(0.4, 0.6);
    }

    @Test
    @DisplayName("who would wait for more than 40 s is dropped, and takes no airtime")
    void stale() {
        Air air = new Air(PLAIN, 1);
        int sent = 0;
        while (air.send(0, new byte[1000]).isPresent()) {
            sent++;
        }
        // Twenty segments of 60 ms a message.
        assertThat(sent).isEqualTo(34);
        assertThat(air.totals().lost()).isEqualTo(1);
        assertThat(air.send(2000 * MILLI, new byte[1000])).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prime-1", "prime-2", "g3", "rf-4800-128", "rs485-9600", "cellular"})
    @DisplayName("the same seed gives the same arrivals, another one does not where chance plays")
    void seeded(String name) {
        Preset preset = Preset.of(name);
        List<List<Optional<Long>>> runs = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            Air air = new Air(preset, seed);
            List<Optional<Long>> run = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                run.add(air.send(i * 3000 * MILLI, new byte[300]).map(Air.Arrival::at));
            }
            runs.add(run);
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
        if (preset.loss() > 0) {
            assertThat(runs.get(0)).isNotEqualTo(runs.get(2));
        }
    }
}
