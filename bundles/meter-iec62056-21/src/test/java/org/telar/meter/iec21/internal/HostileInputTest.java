package org.telar.meter.iec21.internal;

import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.telar.api.channel.Channel;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Garbage, cut, oversized and endless answers never hang, crash or fill the memory; they end as one of our codes. */
class HostileInputTest {
    private static final MeterTime UTC = new MeterTime(ZoneOffset.UTC, MeterTime.Convention.UTC);

    /** Answers every read with the same bytes, forever. */
    private static final class Endless implements Channel {
        private final byte[] answer;
        private long given;

        Endless(byte[] answer) {
            this.answer = answer;
        }

        @Override
        public void write(byte[] bytes) {}

        @Override
        public int read(byte[] into, Duration timeout) throws SocketTimeoutException {
            if (timeout.toMillis() <= 20) {
                throw new SocketTimeoutException("drained");
            }
            for (int i = 0; i < into.length; i++) {
                into[i] = answer[(int) (given++ % answer.length)];
            }
            return into.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static Reply receive(byte[] bytes) throws Exception {
        ScriptedMeter meter = new ScriptedMeter().unasked(new String(bytes, StandardCharsets.ISO_8859_1));
        return new Line(meter, Duration.ofSeconds(1), Duration.ofSeconds(5), false).receive();
    }

    @Property(tries = 2000)
    @Label("any bytes are some reply, in bounded time")
    void anyBytes(@ForAll byte[] bytes) throws Exception {
        assertThat(receive(bytes)).isNotNull();
    }

    @Test
    @DisplayName("IEC 62056-21 §5.1: seven bits and even parity on a channel of eight, in both directions")
    void softParity() throws Exception {
        byte[] plain = ScriptedMeter.bytes("<SOH>R5<STX>0.9.2()<ETX>\\");
        byte[] onTheWire = plain.clone();
        for (int i = 0; i < plain.length; i++) {
            onTheWire[i] = (byte) (plain[i] | (Integer.bitCount(plain[i]) % 2 == 1 ? 0x80 : 0));
        }
        assertThat(onTheWire).isNotEqualTo(plain);
        byte[] answer = ScriptedMeter.bytes("<STX>0.9.2(130103)<ETX>9");
        for (int i = 0; i < answer.length; i++) {
            answer[i] = (byte) (answer[i] | (Integer.bitCount(answer[i]) % 2 == 1 ? 0x80 : 0));
        }
        ScriptedMeter meter = new ScriptedMeter()
                .step(
                        new String(onTheWire, StandardCharsets.ISO_8859_1),
                        new String(answer, StandardCharsets.ISO_8859_1));
        Line line = new Line(meter, Duration.ofSeconds(1), Duration.ofSeconds(5), true);
        line.send(plain);
        assertThat(line.receive()).isEqualTo(new Reply.Data("0.9.2(130103)", false));
    }

    @Property(tries = 1000)
    @Label("a good message behind noise that begins no message is found")
    void noiseBefore(@ForAll("noise") byte[] noise) throws Exception {
        byte[] message = ScriptedMeter.check(ScriptedMeter.bytes("<STX>1.8.0(1*kWh)<ETX>"));
        byte[] all = new byte[noise.length + message.length];
        System.arraycopy(noise, 0, all, 0, noise.length);
        System.arraycopy(message, 0, all, noise.length, message.length);
        assertThat(receive(all)).isEqualTo(new Reply.Data("1.8.0(1*kWh)", false));
    }

    @Provide
    Arbitrary<byte[]> noise() {
        return Arbitraries.bytes()
                .filter(b -> b != 1 && b != 2 && b != 6 && b != 0x15 && b != '/')
                .array(byte[].class)
                .ofMaxSize(300);
    }

    @Property(tries = 1000)
    @Label("a message with one bit wrong, or cut anywhere, is never taken as data of another content")
    void oneBitWrong(@ForAll("damage") int damage) throws Exception {
        byte[] message = ScriptedMeter.check(ScriptedMeter.bytes("<STX>1-0:1.8.0*255(00012345.678*kWh)<ETX>"));
        int position = 1 + damage / 7 % (message.length - 1);
        byte[] damaged = message.clone();
        damaged[position] ^= (byte) (1 << damage % 7);
        assertThat(receive(damaged)).isNotInstanceOf(Reply.Data.class);
        assertThat(receive(java.util.Arrays.copyOf(message, position))).isNotInstanceOf(Reply.Data.class);
    }

    @Provide
    Arbitrary<Integer> damage() {
        return Arbitraries.integers().between(0, 1000);
    }

    @Property(tries = 2000)
    @Label("any text is a profile or a syntax error, and a profile always fits its block")
    void anyProfile(@ForAll("profileLike") String text) {
        List<Segment> segments;
        try {
            segments = ProfileText.parse(text, "P.01", UTC, 0);
        } catch (DataSet.SyntaxException expected) {
            return;
        }
        TimeRange range = new TimeRange(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2026-01-08T00:00:00Z"));
        try {
            List<ProfileBlock> blocks =
                    ProfileBlocks.of(Obis.LOAD_PROFILE, range, Instant.MAX, segments, UTC, Optional.empty());
            long rows = segments.stream()
                    .filter(s -> !s.channels().isEmpty())
                    .flatMap(s -> s.rows().stream())
                    .filter(r -> range.contains(r.end()))
                    .count();
            long kept = blocks.stream()
                    .mapToLong(b -> b.offGrid().size()
                            + java.util.Arrays.stream(b.status())
                                    .filter(s -> s >= 0)
                                    .count())
                    .sum();
            assertThat(kept).as("rows kept (D4: never dropped, never doubled)").isEqualTo(rows);
        } catch (ArithmeticException tooLarge) {
            assertThat(tooLarge).hasMessageContaining("overflow");
        }
    }

    @Provide
    Arbitrary<String> profileLike() {
        Arbitrary<String> piece = Arbitraries.of(
                "P.01",
                "(0260101000000)",
                "(0260103120007)",
                "(260102240000)",
                "(00)",
                "(80)",
                "(15)",
                "(1440)",
                "(1)",
                "(2)",
                "(1.29.0)",
                "(kWh)",
                "(2.29.0)",
                "()",
                "\r\n",
                "(12.5)",
                "(0.001)",
                "(999999999999999999)",
                "(-1)",
                "(0.123456789)",
                "(",
                ")",
                "!",
                "*",
                "x",
                "P.01(0260101001500)(00)(15)(1)(1.29.0)(kWh)\r\n",
                "(1.0)\r\n",
                "(2.25)\r\n",
                "P.01(0260101000000)(40)(15)(2)(1.29.0)(kWh)(2.29.0)(kWh)\r\n(1)(2)\r\n");
        return piece.list().ofMaxSize(25).map(l -> String.join("", l));
    }

    @Property(tries = 500)
    @Label("any text of a readout is a list of data sets or a syntax error")
    void anyReadout(@ForAll String text) {
        try {
            for (DataSet set : DataSet.parse(text)) {
                new Registers(UTC, 0).find(Obis.parse("1.0.1.8.0.255"), List.of(set));
            }
        } catch (DataSet.SyntaxException expected) {
            assertThat(expected.getMessage()).contains("line");
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("an endless message is given up at its limit, whatever it begins with")
    void endlessMessages() {
        for (String forever : List.of("\u0002", "/", "\u0001", "x", "\u0002(1)\u0004\u0000", "/?\n", "\u0006")) {
            Channel line = new Endless(forever.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(
                            () -> Reading.associate(line, Reading.meter("1", ZoneOffset.UTC, Map.of()), Instant.EPOCH))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.PROTOCOL));
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("partial blocks without end are given up, with a sentence")
    void endlessBlocks() throws Exception {
        String block = "x".repeat(4000);
        byte[] frame = ScriptedMeter.check(ScriptedMeter.bytes("<STX>" + block + "<EOT>"));
        Channel line = new ChannelOf(sent -> {
            String text = new String(sent, StandardCharsets.ISO_8859_1);
            if (text.startsWith("/?")) {
                return ScriptedMeter.bytes("/XXX5METER<CR><LF>");
            }
            if (text.startsWith("\u00060")) {
                return ScriptedMeter.bytes("<SOH>P0<STX>()<ETX>`");
            }
            if (text.contains("P1")) {
                return new byte[] {6};
            }
            String value = text.contains("0.0.0") ? "0.0.0(1)" : text.contains("0.9.2") ? "0.9.2(260101)" : "";
            value = text.contains("0.9.1") ? "0.9.1(120000)" : value;
            return value.isEmpty() ? frame : ScriptedMeter.check(ScriptedMeter.bytes("<STX>" + value + "<ETX>"));
        });
        try (MeterSession session = Reading.associate(
                line, Reading.meter("1", ZoneOffset.UTC, Map.of()), Instant.parse("2026-01-01T12:00:00Z"))) {
            ReadRequest request = Reading.profile("2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z");
            assertThatThrownBy(() -> session.read(request))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.PROTOCOL))
                    .hasMessageContaining("without end");
        }
    }

    /** Answers what it is sent. */
    private static final class ChannelOf implements Channel {
        private final java.util.function.UnaryOperator<byte[]> meter;
        private byte[] waiting = {};
        private int next;

        ChannelOf(java.util.function.UnaryOperator<byte[]> meter) {
            this.meter = meter;
        }

        @Override
        public void write(byte[] bytes) {
            waiting = meter.apply(bytes);
            next = 0;
        }

        @Override
        public int read(byte[] into, Duration timeout) throws SocketTimeoutException {
            if (next == waiting.length) {
                throw new SocketTimeoutException("nothing more");
            }
            int count = Math.min(into.length, waiting.length - next);
            System.arraycopy(waiting, next, into, 0, count);
            next += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
