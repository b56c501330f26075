package org.telar.api.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The columnar codec gives back what it was given, and never trusts its input. R41, R43, D4, D7, D18, S44. */
class PollCodecTest {

    @Property(tries = 300)
    void everyPollSurvives(@ForAll("polls") Poll poll) throws FormatException {
        assertThat(PollCodec.decode(PollCodec.encode(poll))).isEqualTo(poll);
    }

    @Property(tries = 200)
    void everyBlockSurvives(@ForAll("blocks") ProfileBlock block) throws FormatException {
        assertThat(BlockCodec.decode(BlockCodec.encode(block))).isEqualTo(block);
    }

    @Property(tries = 2000)
    void garbageIsRefusedOrDecodedButNeverHarms(@ForAll byte[] bytes) {
        try {
            PollCodec.decode(bytes);
        } catch (FormatException expected) {
            assertThat(expected).hasMessageMatching("(?s).+");
        }
    }

    @Property(tries = 500)
    void damagedPollsAreRefusedOrDecodedButNeverHarm(@ForAll("polls") Poll poll, @ForAll int where, @ForAll byte what) {
        byte[] bytes = PollCodec.encode(poll);
        bytes[Math.floorMod(where, bytes.length)] = what;
        try {
            PollCodec.decode(bytes);
        } catch (FormatException expected) {
            assertThat(expected).hasMessageMatching("(?s).+");
        }
    }

    @Test
    @DisplayName("a truncated poll names the offset; a future version is refused by its number")
    void errorsSayWhere() {
        byte[] bytes = PollCodec.encode(household(96));
        assertThatThrownBy(() -> PollCodec.decode(java.util.Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("offset");
        bytes[0] = 9;
        assertThatThrownBy(() -> PollCodec.decode(bytes)).hasMessage("poll version 1 expected, got 9");
    }

    @Test
    @DisplayName("a length field cannot make the decoder allocate what the input does not hold")
    void allocationIsBounded() {
        ByteSink out = new ByteSink();
        out.put(1);
        out.raw(Obis.LOAD_PROFILE.bytes());
        out.signed(0);
        out.unsigned(900);
        out.unsigned(ProfileBlock.MAX_SLOTS);
        out.unsigned(64);
        assertThatThrownBy(() -> BlockCodec.decode(out.toBytes())).hasMessageContaining("too large");
    }

    @Test
    @DisplayName("a meter-day of increments takes little more than a byte a value before it is deflated")
    void columnsAreSmall() {
        assertThat(PollCodec.encode(household(96)).length).isLessThan(96 * 6 * 3 / 2);
    }

    static Poll household(int slots) {
        Random random = new Random(7);
        List<Column> columns = new ArrayList<>();
        for (int c : new int[] {1, 2, 5, 6, 7, 8}) {
            long[] v = new long[slots];
            for (int i = 0; i < slots; i++) {
                v[i] = random.nextInt(60 / c + 2);
            }
            columns.add(new Column(new Obis(1, 0, c, 29, 0, 255), new Unit(0, c < 3 ? 30 : 32), v));
        }
        ProfileBlock block = new ProfileBlock(
                Obis.LOAD_PROFILE,
                Instant.parse("2026-03-01T03:15:00Z"),
                Duration.ofMinutes(15),
                columns,
                new int[slots],
                List.of());
        return new Poll(
                new MeterId("10000001"),
                Instant.parse("2026-03-02T04:00:00Z"),
                "plc",
                Optional.of("run-1"),
                Optional.of(Duration.ofSeconds(3)),
                List.of(block),
                List.of(),
                List.of(new StatusWord(Obis.ALARM_REGISTER, 5)));
    }

    @Provide
    Arbitrary<ProfileBlock> blocks() {
        Arbitrary<Integer> slots = Arbitraries.integers().between(0, 120);
        return Combinators.combine(
                        slots,
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.of(300, 900, 1800, 3600),
                        Arbitraries.randoms())
                .as(PollCodecTest::block);
    }

    private static ProfileBlock block(int slots, int columns, int period, Random random) {
        int[] status = new int[slots];
        for (int i = 0; i < slots; i++) {
            int r = random.nextInt(20);
            status[i] =
                    r == 0 ? ProfileBlock.MISSING : r == 1 ? ProfileBlock.NOT_READ : r == 2 ? random.nextInt(256) : 0;
        }
        List<Column> list = new ArrayList<>();
        for (int c = 0; c < columns; c++) {
            long[] v = new long[slots];
            boolean holes = random.nextBoolean();
            for (int i = 0; i < slots; i++) {
                boolean absent = status[i] < 0 || holes && random.nextInt(9) == 0;
                v[i] = absent ? Column.ABSENT : value(random);
            }
            list.add(new Column(new Obis(1, 0, c + 1, 29, 0, 255), new Unit(random.nextInt(9) - 4, 30), v));
        }
        List<OffGridRow> off = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            long[] v = new long[columns];
            for (int c = 0; c < columns; c++) {
                v[c] = random.nextInt(5) == 0 ? Column.ABSENT : value(random);
            }
            off.add(new OffGridRow(Instant.ofEpochSecond(1_772_334_900L + random.nextInt(100_000)), 128, v));
        }
        Instant first = Instant.ofEpochSecond(1_772_334_900L);
        return new ProfileBlock(Obis.LOAD_PROFILE, first, Duration.ofSeconds(period), list, status, off);
    }

    private static long value(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong() | 1;
            case 1 -> Long.MAX_VALUE;
            case 2 -> Long.MIN_VALUE + 1;
            default -> random.nextInt(500);
        };
    }

    @Provide
    Arbitrary<Poll> polls() {
        Arbitrary<List<RegisterSet>> sets = Arbitraries.randoms().map(PollCodecTest::sets);
        return Combinators.combine(blocks().list().ofMaxSize(3), sets, Arbitraries.of("", "run-7"))
                .as((profiles, registers, activity) -> new Poll(
                        new MeterId("M-1"),
                        Instant.ofEpochSecond(1_772_000_000L),
                        "rf",
                        activity.isEmpty() ? Optional.empty() : Optional.of(activity),
                        activity.isEmpty() ? Optional.empty() : Optional.of(Duration.ofMillis(-1500)),
                        profiles,
                        registers,
                        List.of()));
    }

    private static List<RegisterSet> sets(Random random) {
        List<RegisterSet> sets = new ArrayList<>();
        int shape = random.nextInt(5);
        for (int i = random.nextInt(4); i > 0; i--) {
            Instant stamp = Instant.ofEpochSecond(1_772_334_000L + 86_400L * i);
            List<RegisterValue> values = new ArrayList<>();
            for (int r = 0; r < shape; r++) {
                Optional<Instant> at =
                        r == 2 ? Optional.of(stamp.minusSeconds(random.nextInt(90_000))) : Optional.empty();
                values.add(new RegisterValue(new Obis(1, 0, 1, 8, r, 255), new Unit(0, 30), value(random), at));
            }
            sets.add(new RegisterSet(RegisterKind.DAILY, Obis.DAILY_CLOSING, stamp, random.nextInt(3), values));
            shape = random.nextInt(4) == 0 ? random.nextInt(5) : shape;
        }
        return sets;
    }
}
