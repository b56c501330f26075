package org.telar.collector.ingest;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Column;
import org.telar.api.model.Obis;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.model.ProfileBlock;
import org.telar.api.store.OutboxKind;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Batch;

import static org.assertj.core.api.Assertions.assertThat;

/** Ingest on the real database: idempotent by entry, in any order, conflicts and poison aside. */
class IngestServiceTest {
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");
    private static final Instant READ = Instant.parse("2026-06-11T05:00:00Z");
    private static RunningCollector collector;
    private static IngestService ingest;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
        ingest = collector.bean(IngestService.class);
    }

    private static Collection<Mark> send(String gateway, long epoch, Batch.Entry... entries) {
        return ingest.ingest(List.of(new Batch(gateway, epoch, OutboxKind.READINGS, List.of(entries))), 0);
    }

    private static long present(String meter) {
        return collector.number(
                "SELECT coalesce(sum(n_present), 0) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = ?", meter);
    }

    private static List<Poll> pending(String meter) {
        return collector
                .jdbc()
                .query(
                        "SELECT poll FROM pending_work WHERE meter = ? ORDER BY id",
                        (r, n) -> decoded(r.getBytes(1)),
                        meter);
    }

    private static Poll decoded(byte[] bytes) {
        try {
            return PollCodec.decode(bytes);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName(
            "entries twice, batches backwards, a batch over an old one: every row once, passed on once (R04, R11, D11)")
    void idempotentAndUnordered() throws Exception {
        collector.fleet("gw-in1", "in1");
        Batch.Entry[] entries = new Batch.Entry[6];
        for (int i = 0; i < 6; i++) {
            entries[i] = Polls.entry(
                    i + 1, Polls.poll("in1", "", READ, Polls.block(FIRST.plusSeconds(i * 86_400L), 96, s -> s)));
        }

        Mark first = send("gw-in1", 1, entries[4], entries[5]).iterator().next();
        assertThat(first.acknowledgement().highWater()).isZero();
        assertThat(first.acknowledgement().beyond()).hasSize(1);
        send("gw-in1", 1, entries[1], entries[2]);
        send("gw-in1", 1, entries[1], entries[2], entries[3]);
        Mark last = send("gw-in1", 1, entries[0]).iterator().next();

        assertThat(last.acknowledgement().highWater()).isEqualTo(6);
        assertThat(last.acknowledgement().beyond()).isEmpty();
        assertThat(collector.number("SELECT count(*) FROM inbox WHERE gateway = 'gw-in1'"))
                .isZero();
        assertThat(present("in1")).isEqualTo(576);
        assertThat(pending("in1").stream().mapToLong(Poll::profileValueCount).sum())
                .isEqualTo(1152);
    }

    @Test
    @DisplayName(
            "another epoch with the same sequences is other entries; the same rows in them pass nothing on (R04, R07, D23)")
    void anotherEpoch() throws Exception {
        collector.fleet("gw-in2", "in2");
        Batch.Entry entry = Polls.entry(1, Polls.poll("in2", "", READ, Polls.block(FIRST, 96, s -> s)));
        send("gw-in2", 1, entry);
        long before = pending("in2").size();

        Mark mark = send("gw-in2", 2, entry).iterator().next();

        assertThat(mark.acknowledgement().epoch()).isEqualTo(2);
        assertThat(mark.acknowledgement().highWater()).isEqualTo(1);
        assertThat(pending("in2")).hasSize((int) before);
        assertThat(present("in2")).isEqualTo(96);
    }

    @Test
    @DisplayName(
            "a later reading replaces, keeps the old one in the history, raises an event and is passed on (D21, R03)")
    void conflict() throws Exception {
        collector.fleet("gw-in3", "in3");
        send("gw-in3", 1, Polls.entry(1, Polls.poll("in3", "", READ, Polls.block(FIRST, 96, s -> s))));
        send(
                "gw-in3",
                1,
                Polls.entry(2, Polls.poll("in3", "", READ.plusSeconds(60), Polls.block(FIRST, 2, s -> s + 5))));
        send("gw-in3", 1, Polls.entry(3, Polls.poll("in3", "", READ.minusSeconds(60), Polls.block(FIRST, 1, s -> 77))));

        assertThat(pending("in3")).hasSize(2);
        assertThat(pending("in3").get(1).profileValueCount()).isEqualTo(4);
        assertThat(collector.number(
                        "SELECT count(*) FROM reading_history JOIN meter USING (meter_id) WHERE meter_no = 'in3'"))
                .isEqualTo(3);
        assertThat(collector.number("SELECT count(*) FROM event WHERE code = 'READING_CONFLICT' AND meter_no = 'in3'"))
                .isEqualTo(2);
        assertThat(collector.number("SELECT max(rev) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = 'in3'"))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("rows off the grid, two at one instant among them, are kept with their own time, once (D4)")
    void offGrid() throws Exception {
        collector.fleet("gw-in4", "in4");
        ProfileBlock block = Polls.withOffGrid(
                Polls.block(FIRST, 4, s -> s),
                new OffGridRow(FIRST.plusSeconds(61), 128, new long[] {5, Column.ABSENT}),
                new OffGridRow(FIRST, 0, new long[] {6, 7}));

        send("gw-in4", 1, Polls.entry(1, Polls.poll("in4", "", READ, block)));
        send("gw-in4", 1, Polls.entry(2, Polls.poll("in4", "", READ, block)));

        assertThat(collector.number(
                        "SELECT count(*) FROM lp_exception JOIN meter USING (meter_id) WHERE meter_no = 'in4'"))
                .isEqualTo(2);
        assertThat(pending("in4")).hasSize(1);
        assertThat(pending("in4").get(0).profiles().get(0).offGrid()).hasSize(2);
        assertThat(pending("in4").get(0).profileValueCount()).isEqualTo(11);
    }

    @Test
    @DisplayName("a read of fewer channels brings no value twice; a changed scaler starts a block of its own (D4, D11)")
    void shapes() throws Exception {
        collector.fleet("gw-in5", "in5");
        ProfileBlock both = Polls.block(FIRST, 8, s -> s);
        ProfileBlock one = new ProfileBlock(
                both.profile(),
                both.firstEnd(),
                both.period(),
                List.of(both.columns().get(0)),
                both.status(),
                List.of());

        send("gw-in5", 1, Polls.entry(1, Polls.poll("in5", "", READ, both)));
        send("gw-in5", 1, Polls.entry(2, Polls.poll("in5", "", READ, one)));

        assertThat(pending("in5")).hasSize(1);
        assertThat(collector.number("SELECT count(*) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = 'in5'"))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("64-bit values survive (D4)")
    void wideValues() throws Exception {
        collector.fleet("gw-in6", "in6");
        long[] values = {Long.MAX_VALUE, Long.MIN_VALUE + 1, 0};
        ProfileBlock block = new ProfileBlock(
                Obis.LOAD_PROFILE,
                FIRST,
                Polls.QUARTER,
                List.of(new Column(Polls.A_PLUS, Polls.WH, values)),
                new int[3],
                List.of());
        send("gw-in6", 1, Polls.entry(1, Polls.poll("in6", "", READ, block)));

        byte[] stored = collector
                .jdbc()
                .queryForObject(
                        "SELECT block FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = 'in6'", byte[].class);
        ProfileBlock back = org.telar.api.model.BlockCodec.decode(stored);
        assertThat(Arrays.copyOf(back.columns().get(0).values(), 3)).containsExactly(values);
    }

    @Test
    @DisplayName(
            "closings: once each, demand with its own time, a corrected one replaces and is passed on alone (R49, D18, D21)")
    void closings() throws Exception {
        collector.fleet("gw-in7", "in7");
        Instant stamp = Instant.parse("2026-06-11T04:00:00Z");
        Instant demandAt = Instant.parse("2026-06-10T23:15:00Z");
        send(
                "gw-in7",
                1,
                Polls.entry(1, Polls.poll("in7", "", READ, List.of(), List.of(Polls.closing(stamp, 5000, demandAt)))));
        send(
                "gw-in7",
                1,
                Polls.entry(2, Polls.poll("in7", "", READ, List.of(), List.of(Polls.closing(stamp, 5000, demandAt)))));
        send(
                "gw-in7",
                1,
                Polls.entry(
                        3,
                        Polls.poll(
                                "in7",
                                "",
                                READ.plusSeconds(9),
                                List.of(),
                                List.of(Polls.closing(stamp, 5001, demandAt)))));

        assertThat(pending("in7")).hasSize(2);
        assertThat(pending("in7").get(0).registers().get(0).values().get(1).occurredAt())
                .contains(demandAt);
        assertThat(pending("in7").get(1).registers().get(0).values()).hasSize(1);
        assertThat(collector.number(
                        "SELECT value FROM register_reading JOIN meter USING (meter_id) JOIN register_type USING (type_id)"
                                + " WHERE meter_no = 'in7' AND obis = '1.0.1.8.0.255'"))
                .isEqualTo(5001);
    }

    @Test
    @DisplayName(
            "an entry nobody can read goes to quarantine alone, is acknowledged, and the rest is taken (R13, fault 32)")
    void poison() throws Exception {
        collector.fleet("gw-in8", "in8");
        Batch.Entry good = Polls.entry(3, Polls.poll("in8", "", READ, Polls.block(FIRST, 96, s -> s)));
        ProfileBlock absurd = new ProfileBlock(
                Obis.LOAD_PROFILE,
                FIRST,
                java.time.Duration.ofDays(1),
                List.of(new Column(Polls.A_PLUS, Polls.WH, new long[400_000])),
                new int[400_000],
                List.of());

        Mark mark = send(
                        "gw-in8",
                        1,
                        new Batch.Entry(1, new byte[] {9, 9, 9}),
                        Polls.entry(2, Polls.poll("in8", "", READ, absurd)),
                        good)
                .iterator()
                .next();

        assertThat(mark.highWater()).isEqualTo(3);
        assertThat(present("in8")).isEqualTo(96);
        List<Map<String, Object>> kept = collector
                .jdbc()
                .queryForList("SELECT sequence, reason FROM quarantine WHERE gateway = 'gw-in8' ORDER BY sequence");
        assertThat(kept).hasSize(2);
        assertThat(kept.get(0).get("reason").toString()).contains("version");
        assertThat(kept.get(1).get("reason").toString()).contains("days");
    }

    @Test
    @DisplayName(
            "an unknown and a merely bound meter's readings are held, acknowledged, and taken when it is commissioned (fault 33)")
    void held() throws Exception {
        collector.fleet("gw-in9");
        send("gw-in9", 1, Polls.entry(1, Polls.poll("in9", "", READ, Polls.block(FIRST, 96, s -> s))));
        collector.post("/api/v1/meters/import", "text/csv", "meter,gateway,state\nin9,gw-in9,BOUND\n", Map.of());
        Mark mark = send(
                        "gw-in9",
                        1,
                        Polls.entry(2, Polls.poll("in9", "", READ, Polls.block(FIRST.plusSeconds(86_400), 96, s -> s))))
                .iterator()
                .next();
        assertThat(mark.highWater()).isEqualTo(2);
        assertThat(collector.number("SELECT count(*) FROM held_poll WHERE meter_no = 'in9'"))
                .isEqualTo(2);
        assertThat(present("in9")).isZero();

        collector.post("/api/v1/meters/in9/state", "{\"state\":\"COMMISSIONED\"}");

        assertThat(collector.number("SELECT count(*) FROM held_poll WHERE meter_no = 'in9'"))
                .isZero();
        assertThat(present("in9")).isEqualTo(192);
        assertThat(pending("in9").stream().mapToLong(Poll::profileValueCount).sum())
                .isEqualTo(384);
    }

    @Test
    @DisplayName("a meter read on a neighbour's island is taken, with an event (D20)")
    void foreignIsland() throws Exception {
        collector.fleet("gw-in10", "in10");
        send("gw-in10b", 1, Polls.entry(1, Polls.poll("in10", "", READ, Polls.block(FIRST, 96, s -> s))));

        assertThat(present("in10")).isEqualTo(96);
        assertThat(collector.number(
                        "SELECT count(*) FROM event WHERE code = 'METER_ON_FOREIGN_ISLAND' AND meter_no = 'in10'"))
                .isEqualTo(1);
    }
}
