package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.telar.store.sqlite.internal.Polls.MIDNIGHT;
import static org.telar.store.sqlite.internal.Polls.meter;

/** What leaves the store, and what never does (R5, R6 of reliability, F8, F20). */
class RetentionTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private final Heard heard = new Heard();
    private final Moving clock = new Moving();

    private static final class Moving extends Clock {
        private Instant now = MIDNIGHT.plus(DAY);

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static final TimeRange ALL =
            new TimeRange(MIDNIGHT.minus(DAY.multipliedBy(500)), MIDNIGHT.plus(DAY.multipliedBy(500)));

    private static int days(SqliteStore store, int meter) throws StoreException {
        int days = profileDays(store, meter);
        assertThat(store.registers(meter(meter), ALL).size())
                .describedAs("closings go with their day")
                .isEqualTo(days);
        return days;
    }

    private static int profileDays(SqliteStore store, int meter) throws StoreException {
        return store.profile(meter(meter), Obis.LOAD_PROFILE, ALL).size();
    }

    private static void acknowledgeAll(SqliteStore store) throws StoreException {
        store.acknowledge(new Acknowledgement(store.epoch(), store.lastSequence(), List.of()));
    }

    @Test
    @DisplayName("R5: readings leave after 60 days when acknowledged; unacknowledged ones never by age")
    void age() throws Exception {
        try (SqliteStore store = new SqliteStore(StoreSettings.in(folder), clock, heard)) {
            for (int day = 0; day < 70; day++) {
                store.commit(Polls.day(1, MIDNIGHT.plus(DAY.multipliedBy(day))), Lane.LIVE);
            }
            clock.now = MIDNIGHT.plus(DAY.multipliedBy(70));
            store.keepHouse();
            assertThat(days(store, 1)).isEqualTo(70);
            store.acknowledge(new Acknowledgement(store.epoch(), 5, List.of()));
            store.keepHouse();
            assertThat(days(store, 1)).isEqualTo(65);
            acknowledgeAll(store);
            store.keepHouse();
            assertThat(days(store, 1)).isEqualTo(60);
        }
    }

    @Test
    @DisplayName("F20: a clock 400 days ahead removes nothing, because the newest data are not that new")
    void clockJump() throws Exception {
        try (SqliteStore store = new SqliteStore(StoreSettings.in(folder), clock, heard)) {
            store.commit(Polls.day(1, MIDNIGHT), Lane.LIVE);
            acknowledgeAll(store);
            clock.now = MIDNIGHT.plus(DAY.multipliedBy(400));
            store.keepHouse();
            assertThat(days(store, 1)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "F8, R6: at 80 % an event, at 95 % backlog is refused by name, live and urgent go on; nothing unsent is dropped")
    void watermarks() throws Exception {
        StoreSettings small = StoreSettings.in(folder).withLimit(1 << 20);
        Random random = new Random(5);
        byte[] payload = new byte[4_000];
        random.nextBytes(payload);
        try (SqliteStore store = new SqliteStore(small, clock, heard)) {
            int taken = 0;
            StoreException refusal = null;
            while (refusal == null && taken < 1_000) {
                try {
                    store.append(OutboxKind.READINGS, Lane.BACKLOG, payload);
                    taken++;
                } catch (StoreException e) {
                    refusal = e;
                }
            }
            assertThat(refusal).isNotNull().hasMessageContaining("lane BACKLOG").hasMessageContaining("95 % full");
            assertThat(taken).isBetween(200, 255);
            store.append(OutboxKind.READINGS, Lane.LIVE, new byte[10]);
            store.append(OutboxKind.EVENT, Lane.URGENT, new byte[10]);
            assertThat(store.backlog().entries()).isEqualTo(taken + 2);
            assertThatThrownBy(() -> store.append(OutboxKind.READINGS, Lane.BACKLOG, payload))
                    .isInstanceOf(StoreException.class);
            acknowledgeAll(store);
            assertThat(store.append(OutboxKind.READINGS, Lane.BACKLOG, payload)).isPositive();
        }
        assertThat(heard.codes()).containsExactly("STORE_NEAR_FULL", "STORE_NEAR_FULL", "STORE_SPACE_OK");
    }

    @Test
    @DisplayName(
            "F8: when even urgent entries find no room it is STORE_FULL, what is stored stays, and the collector's answer heals it")
    void full() throws Exception {
        StoreSettings small = StoreSettings.in(folder).withLimit(1 << 20);
        byte[] payload = new byte[20_000];
        try (SqliteStore store = new SqliteStore(small, clock, heard)) {
            int taken = 0;
            StoreException refusal = null;
            while (refusal == null && taken < 1_000) {
                try {
                    store.append(OutboxKind.EVENT, Lane.URGENT, payload);
                    taken++;
                } catch (StoreException e) {
                    refusal = e;
                }
            }
            assertThat(refusal).isNotNull().hasMessageContaining("STORE_FULL");
            assertThat(SqliteStoreTest.sequences(store)).isNotEmpty();
            assertThat(store.backlog().entries()).isEqualTo(taken);
            assertThat(store.lastSequence()).isEqualTo(taken);
            acknowledgeAll(store);
            assertThat(store.append(OutboxKind.EVENT, Lane.URGENT, payload))
                    .describedAs("no sequence was given to what was refused")
                    .isEqualTo(taken + 1);
        }
        assertThat(heard.codes()).contains("STORE_FULL", "STORE_RECOVERED");
    }

    @Test
    @DisplayName(
            "F8, R5: under pressure acknowledged days go, oldest first and with an event, before anything is refused")
    void pressure() throws Exception {
        StoreSettings small = StoreSettings.in(folder).withLimit(1 << 20);
        try (SqliteStore store = new SqliteStore(small, clock, heard)) {
            for (int week = 0; week < 4; week++) {
                Instant from = MIDNIGHT.plus(DAY.multipliedBy(week * 7L));
                for (int m = 1; m <= 80; m++) {
                    store.commit(Polls.poll(m, Polls.household(m, from.plus(Polls.QUARTER), 96 * 7)), Lane.BACKLOG);
                }
                acknowledgeAll(store);
            }
            assertThat(profileDays(store, 7)).isBetween(7, 27);
        }
        assertThat(heard.codes()).contains("STORE_EVICTED");
    }
}
