package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.telar.store.sqlite.internal.Polls.MIDNIGHT;
import static org.telar.store.sqlite.internal.Polls.QUARTER;
import static org.telar.store.sqlite.internal.Polls.meter;

class SqliteStoreTest {
    private static final Clock CLOCK = Clock.fixed(MIDNIGHT.plus(Duration.ofDays(3)), ZoneOffset.UTC);
    private static final TimeRange ALL =
            new TimeRange(MIDNIGHT.minus(Duration.ofDays(9)), MIDNIGHT.plus(Duration.ofDays(9)));

    @TempDir
    Path folder;

    private final Heard heard = new Heard();

    private SqliteStore open() throws StoreException {
        return new SqliteStore(StoreSettings.in(folder), CLOCK, heard);
    }

    @Test
    @DisplayName(
            "R45: what was committed is there after a restart, with its sequence, and the store says nothing about it")
    void survivesRestart() throws Exception {
        long epoch;
        Poll poll = Polls.day(1, MIDNIGHT);
        try (SqliteStore store = open()) {
            epoch = store.epoch();
            assertThat(store.commit(poll, Lane.LIVE)).isEqualTo(1);
            assertThat(store.append(OutboxKind.EVENT, Lane.URGENT, new byte[] {7}))
                    .isEqualTo(2);
        }
        try (SqliteStore store = open()) {
            assertThat(store.epoch()).isEqualTo(epoch);
            assertThat(store.lastSequence()).isEqualTo(2);
            assertThat(store.profile(meter(1), Obis.LOAD_PROFILE, ALL)).isEqualTo(poll.profiles());
            assertThat(store.registers(meter(1), ALL)).isEqualTo(poll.registers());
            assertThat(store.closings(meter(1), ALL)).containsExactly(MIDNIGHT.plus(Duration.ofDays(1)));
            assertThat(store.backlog().entries()).isEqualTo(2);
            assertThat(store.backlog().values()).isEqualTo(576);
            assertThat(store.commit(poll, Lane.LIVE)).isEqualTo(3);
        }
        assertThat(heard.codes()).isEmpty();
    }

    @Test
    @DisplayName(
            "R41, D4: known slots are those read or missing at the meter, over day borders and shapes, for this grid only")
    void known() throws Exception {
        try (SqliteStore store = open()) {
            Instant end = MIDNIGHT.minus(QUARTER);
            store.commit(Polls.poll(1, Polls.single(end, 5, null, -1, 8)), Lane.LIVE);
            assertThat(store.known(meter(1), Obis.LOAD_PROFILE, end.minus(QUARTER), QUARTER, 6))
                    .hasToString("{1, 3, 4}");
            assertThat(store.known(meter(1), Obis.LOAD_PROFILE, end, Duration.ofMinutes(30), 3)
                            .isEmpty())
                    .isTrue();
            assertThat(store.known(meter(1), Obis.DAILY_CLOSING, end, QUARTER, 6)
                            .isEmpty())
                    .isTrue();
            assertThat(store.known(meter(2), Obis.LOAD_PROFILE, end, QUARTER, 6).isEmpty())
                    .isTrue();
            assertThat(store.profile(
                            meter(1),
                            Obis.LOAD_PROFILE,
                            new TimeRange(MIDNIGHT, MIDNIGHT.plus(QUARTER.multipliedBy(2)))))
                    .extracting(ProfileBlock::firstEnd, ProfileBlock::slots)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(MIDNIGHT.plus(QUARTER), 2));
        }
    }

    @Test
    @DisplayName(
            "R2, R5: only an acknowledgement of this epoch frees entries; high-water and ranges; the readings stay")
    void acknowledge() throws Exception {
        try (SqliteStore store = open()) {
            for (int i = 1; i <= 6; i++) {
                store.commit(Polls.day(i, MIDNIGHT), Lane.LIVE);
            }
            store.acknowledge(new Acknowledgement(store.epoch() + 1, 6, List.of()));
            assertThat(sequences(store)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            Acknowledgement ack = new Acknowledgement(
                    store.epoch(), 2, List.of(new Acknowledgement.Range(4, 4), new Acknowledgement.Range(6, 6)));
            store.acknowledge(ack);
            store.acknowledge(ack);
            assertThat(sequences(store)).containsExactly(3L, 5L);
            assertThat(store.backlog().entries()).isEqualTo(2);
            assertThat(store.profile(meter(1), Obis.LOAD_PROFILE, ALL)).hasSize(1);
        }
        try (SqliteStore store = open()) {
            assertThat(sequences(store)).containsExactly(3L, 5L);
            assertThat(store.lastSequence())
                    .describedAs("the last sequence outlives its row")
                    .isEqualTo(6);
        }
    }

    @Test
    @DisplayName("R3: a value read differently raises VALUE_CONFLICT, the newer read is held, both are in the outbox")
    void conflict() throws Exception {
        try (SqliteStore store = open()) {
            store.commit(Polls.poll(1, Polls.single(MIDNIGHT, 5, 6)), Lane.LIVE);
            store.commit(Polls.poll(1, Polls.single(MIDNIGHT, 5, 7)), Lane.LIVE);
            assertThat(store.profile(meter(1), Obis.LOAD_PROFILE, ALL)
                            .get(1)
                            .columns()
                            .get(0)
                            .values())
                    .containsExactly(7);
            assertThat(sequences(store)).containsExactly(1L, 2L);
        }
        assertThat(heard.codes()).containsExactly("VALUE_CONFLICT");
        assertThat(heard.texts().get(0)).contains(meter(1).number(), "2026-11-20T00:15:00Z");
    }

    @Test
    @DisplayName(
            "A listener hears of what was added; it may not write on the writer's thread, where it would wait for itself")
    void listener() throws Exception {
        try (SqliteStore store = open()) {
            AtomicInteger added = new AtomicInteger();
            store.onAdded(added::incrementAndGet);
            store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1});
            assertThat(added).hasValue(1);
        }
    }

    @Test
    @DisplayName("F38: a second start on the same folder is refused with a sentence")
    void doubleStart() throws Exception {
        try (SqliteStore store = open()) {
            assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining(folder.toString());
            assertThat(store.append(OutboxKind.EVENT, Lane.LIVE, new byte[] {1}))
                    .isEqualTo(1);
        }
    }

    static List<Long> sequences(SqliteStore store) throws StoreException {
        return store.pending(1000, 1 << 20, s -> false).stream()
                .map(OutboxEntry::sequence)
                .sorted()
                .toList();
    }
}
