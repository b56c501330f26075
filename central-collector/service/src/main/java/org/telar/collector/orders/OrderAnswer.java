package org.telar.collector.orders;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.model.Column;
import org.telar.api.model.FormatException;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.StatusWord;
import org.telar.api.model.Unit;

/** What an order brought, as values for people: the scaler applied, nothing else (D6). Thread-safe. */
@Component
public class OrderAnswer {
    /** A range of 45 days of 6 channels has more; the rest is in the load curve of the meter. */
    private static final int MAX_SAMPLES = 20_000;

    private final JdbcTemplate jdbc;

    /** One register. */
    public record Register(
            String kind,
            String register,
            Instant stamp,
            BigDecimal value,
            int unit,
            Optional<Instant> occurredAt,
            int status) {}

    /** One channel value. */
    public record Sample(String channel, Instant intervalEnd, BigDecimal value, int unit, int status) {}

    /** One status word, raw (D16). */
    public record Word(String object, long bits) {}

    /** @param truncated more than 20,000 samples: the first are given */
    public record Answer(
            Optional<Instant> readAt,
            Optional<Long> clockOffsetMillis,
            List<Register> registers,
            List<Sample> samples,
            List<Word> statusWords,
            boolean truncated) {}

    public OrderAnswer(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    public Answer of(String order) {
        List<Register> registers = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        List<Word> words = new ArrayList<>();
        Optional<Instant> readAt = Optional.empty();
        Optional<Long> offset = Optional.empty();
        List<byte[]> polls = jdbc.query(
                "SELECT poll FROM order_poll WHERE order_id = ? ORDER BY epoch, sequence LIMIT 100",
                (r, n) -> r.getBytes(1),
                order);
        for (byte[] bytes : polls) {
            Poll poll = decode(bytes);
            readAt = Optional.of(poll.readAt());
            offset = poll.clockOffset().map(d -> d.toMillis());
            poll.registers().forEach(s -> add(s, registers));
            poll.profiles().forEach(b -> add(b, samples));
            for (StatusWord w : poll.statusWords()) {
                words.add(new Word(w.object().toString(), w.bits()));
            }
        }
        return new Answer(readAt, offset, registers, samples, words, samples.size() >= MAX_SAMPLES);
    }

    private static void add(RegisterSet set, List<Register> registers) {
        for (RegisterValue v : set.values()) {
            registers.add(new Register(
                    set.kind().name(),
                    v.register().toString(),
                    set.stamp(),
                    scaled(v.value(), v.unit()),
                    v.unit().code(),
                    v.occurredAt(),
                    set.status()));
        }
    }

    private static void add(ProfileBlock block, List<Sample> samples) {
        for (int i = 0; i < block.slots(); i++) {
            for (Column c : block.columns()) {
                long v = c.values()[i];
                if (v != Column.ABSENT && samples.size() < MAX_SAMPLES) {
                    samples.add(new Sample(
                            c.channel().toString(),
                            block.endOf(i),
                            scaled(v, c.unit()),
                            c.unit().code(),
                            block.status()[i]));
                }
            }
        }
    }

    /** Without exponent in its text. */
    static BigDecimal scaled(long value, Unit unit) {
        BigDecimal v = BigDecimal.valueOf(value, -unit.scaler());
        return v.scale() < 0 ? v.setScale(0) : v;
    }

    private static Poll decode(byte[] bytes) {
        try {
            return PollCodec.decode(bytes);
        } catch (FormatException e) {
            throw new IllegalStateException("a kept poll is damaged", e);
        }
    }
}
