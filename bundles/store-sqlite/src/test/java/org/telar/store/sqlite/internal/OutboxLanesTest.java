package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.platform.EventSink;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.telar.store.sqlite.internal.Polls.MIDNIGHT;

class OutboxLanesTest {
    private static final Clock CLOCK = Clock.fixed(MIDNIGHT, ZoneOffset.UTC);

    @TempDir
    Path folder;

    private SqliteStore open(Duration freshFor) throws StoreException {
        return new SqliteStore(StoreSettings.in(folder).withFreshFor(freshFor), CLOCK, EventSink.NONE);
    }

    private static void add(SqliteStore store, Lane lane, int entries) throws StoreException {
        for (int i = 0; i < entries; i++) {
            store.append(OutboxKind.READINGS, lane, new byte[100]);
        }
    }

    private static List<Lane> lanes(List<OutboxEntry> entries) {
        return entries.stream().map(OutboxEntry::lane).toList();
    }

    @Test
    @DisplayName("F14, R45: urgent goes first, fresh readings next, and backlog has a quarter of each batch")
    void fairShare() throws Exception {
        try (SqliteStore store = open(Duration.ofMinutes(5))) {
            add(store, Lane.BACKLOG, 100);
            add(store, Lane.LIVE, 100);
            add(store, Lane.URGENT, 2);
            List<OutboxEntry> batch = store.pending(42, 1 << 20, s -> false);
            assertThat(lanes(batch)).startsWith(Lane.URGENT, Lane.URGENT).hasSize(42);
            assertThat(lanes(batch).stream().filter(Lane.BACKLOG::equals)).hasSize(10);
            assertThat(lanes(batch).stream().filter(Lane.LIVE::equals)).hasSize(30);
            assertThat(batch.stream().filter(e -> e.lane() == Lane.LIVE).map(OutboxEntry::sequence))
                    .describedAs("oldest first within a lane")
                    .isSorted()
                    .startsWith(101L);
        }
    }

    @Test
    @DisplayName(
            "F14: what one lane does not use, the other gets; what is in flight is left out; nothing is given twice")
    void everything() throws Exception {
        try (SqliteStore store = open(Duration.ofMinutes(5))) {
            add(store, Lane.BACKLOG, 50);
            add(store, Lane.LIVE, 5);
            Set<Long> flying = new HashSet<>();
            int rounds = 0;
            while (true) {
                List<OutboxEntry> batch = store.pending(10, 1 << 20, flying::contains);
                if (batch.isEmpty()) {
                    break;
                }
                batch.forEach(e -> assertThat(flying.add(e.sequence())).isTrue());
                rounds++;
            }
            assertThat(flying).hasSize(55);
            assertThat(rounds).isEqualTo(6);
        }
    }

    @Test
    @DisplayName("F14: live readings of a week without a link are backlog: today's do not stand behind them")
    void oldLiveIsBacklog() throws Exception {
        try (SqliteStore store = open(Duration.ofMinutes(5))) {
            add(store, Lane.LIVE, 300);
        }
        try (SqliteStore store = open(Duration.ofMillis(300))) {
            add(store, Lane.LIVE, 3);
            assertThat(store.pending(8, 1 << 20, s -> false))
                    .extracting(OutboxEntry::sequence)
                    .contains(301L, 302L, 303L, 1L);
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(store.pending(8, 1 << 20, s -> false))
                    .extracting(OutboxEntry::sequence)
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L));
        }
    }

    @Test
    @DisplayName("A batch stops before its bytes exceed the bound, but one entry always goes")
    void bytes() throws Exception {
        try (SqliteStore store = open(Duration.ofMinutes(5))) {
            add(store, Lane.LIVE, 5);
            assertThat(store.pending(10, 350, s -> false)).hasSize(3);
            assertThat(store.pending(10, 1, s -> false)).hasSize(1);
            assertThat(store.backlog().bytes()).isEqualTo(500);
            assertThat(store.backlog().oldestAgeSeconds()).isZero();
        }
    }
}
