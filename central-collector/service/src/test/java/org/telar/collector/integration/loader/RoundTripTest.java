package org.telar.collector.integration.loader;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.telar.api.model.Column;
import org.telar.api.model.Obis;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.Unit;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.Polls;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReadingsWriter;
import org.telar.collector.integration.cim.MeterRef;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a meter may give comes back from {@code lp_sample} as it was: value by value, in Wh, with its quality and
 * time. Both channel kinds (D7), rows off the grid (D4), missing slots, any scaler, and the days of 92, 96 and 100
 * quarter-hours in America/Santiago (D5).
 */
class RoundTripTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final List<Obis> CHANNELS =
            List.of(Polls.IMPORT, Polls.EXPORT, Obis.parse("1.0.1.8.0.255"), Obis.parse("1.0.5.29.0.255"));

    private static TestDatabases databases;
    private static Path folder;

    @BeforeContainer
    static void start() throws Exception {
        databases = TestDatabases.fresh();
        folder = Files.createTempDirectory("telar-round");
    }

    @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void pollToXmlToLegacyToView(@ForAll("polls") Poll given) throws Exception {
        Poll poll = renamed(given);
        Qualities qualities = new Qualities(Optional.empty());

        Outcome outcome = load(poll, qualities);

        assertThat(outcome.state()).as(outcome.reason()).isEqualTo(Outcome.State.LOADED);
        List<String> found = TestDatabases.rows(
                databases.legacy(),
                "SELECT meter, channel, to_char(interval_end_utc AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
                        + " value, quality FROM lp_sample WHERE meter = '" + poll.meter() + "'");
        found.sort(null);
        assertThat(found)
                .isEqualTo(Polls.expected(poll, status -> qualities.of(status).codes()));
        assertThat(TestDatabases.number(
                        databases.legacy(), "SELECT count(*) FROM lp_missing WHERE meter = '" + poll.meter() + "'"))
                .isEqualTo(missing(poll));
    }

    /** Slots the meter was asked for and has no value in: known missing, never zero. */
    private static long missing(Poll poll) {
        long n = 0;
        for (ProfileBlock b : poll.profiles()) {
            for (Column c : b.columns()) {
                for (int i = 0; i < b.slots(); i++) {
                    n += c.values()[i] == Column.ABSENT && b.status()[i] != ProfileBlock.NOT_READ ? 1 : 0;
                }
            }
        }
        return n;
    }

    private static Outcome load(Poll poll, Qualities qualities) throws Exception {
        ReadingTypes types = new ReadingTypes(Optional.empty());
        ByteArrayOutputStream xml = new ByteArrayOutputStream();
        MessageHeader header = new MessageHeader(
                "created",
                "MeterReadings",
                Optional.of(NOW),
                "SMMC-HES",
                UUID.randomUUID().toString(),
                "run-1",
                Map.of("DataType", "LOAD_PROFILE"));
        MeterReadingsWriter writer = new MeterReadingsWriter(xml, header, ZONE, types, qualities, false);
        assertThat(writer.meter(MeterRef.of(poll.meter().number(), ZONE, 1), List.of(poll)))
                .isEmpty();
        writer.close();
        Path file = folder.resolve(poll.meter() + ".xml");
        Files.write(file, xml.toByteArray());
        FileLoader loader = new FileLoader(
                types, qualities, LoaderSettings.standard(ZONE), Clock.fixed(NOW, ZoneOffset.UTC), Arrows.QUIET);
        try (Connection db = databases.legacy().getConnection()) {
            return loader.load(db, file, FileLoader.sha256(file));
        } finally {
            Files.delete(file);
        }
    }

    private static Poll renamed(Poll poll) {
        String name = "M"
                + UUID.nameUUIDFromBytes((poll.toString() + System.nanoTime()).getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .substring(0, 18);
        return Polls.poll(name, poll.readAt(), poll.profiles(), poll.registers());
    }

    @Provide
    Arbitrary<Poll> polls() {
        Arbitrary<LocalDate> days = Arbitraries.of(
                LocalDate.of(2026, 4, 4), // 100 quarters
                LocalDate.of(2026, 9, 5), // 92 quarters: local 00:00 of the 6th does not exist
                LocalDate.of(2026, 9, 6),
                LocalDate.of(2026, 11, 19));
        Arbitrary<Integer> channels = Arbitraries.integers().between(0, CHANNELS.size() - 1);
        Arbitrary<Integer> scalers = Arbitraries.of(0, 0, -1, -3, 1, 3);
        return Combinators.combine(
                        days,
                        Arbitraries.integers().between(-40, 100),
                        Arbitraries.integers().between(1, 230),
                        channels,
                        scalers,
                        Arbitraries.randomValue(r -> r))
                .as(RoundTripTest::poll);
    }

    private static Poll poll(LocalDate day, int shift, int slots, int channel, int scaler, java.util.Random random) {
        Instant firstEnd = day.atStartOfDay(ZONE).toInstant().plus(Duration.ofMinutes(15L * shift));
        int columns = 1 + random.nextInt(2);
        int[] status = new int[slots];
        for (int i = 0; i < slots; i++) {
            int kind = random.nextInt(20);
            status[i] = kind == 0
                    ? ProfileBlock.MISSING
                    : kind == 1 ? ProfileBlock.NOT_READ : kind < 5 ? random.nextInt(256) : 0;
        }
        boolean huge = random.nextInt(10) == 0;
        List<Column> list = new ArrayList<>();
        for (int c = 0; c < columns; c++) {
            long[] values = new long[slots];
            for (int i = 0; i < slots; i++) {
                boolean absent = status[i] < 0 || random.nextInt(50) == 0;
                values[i] = absent ? Column.ABSENT : huge ? random.nextLong() / 1000 : random.nextInt(100_000);
            }
            list.add(new Column(CHANNELS.get((channel + c) % CHANNELS.size()), unit(channel + c, scaler), values));
        }
        List<OffGridRow> off = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            // a power cut's odd second, or a second row in a slot after the clock was set back
            Instant at = firstEnd.plusSeconds(900L * random.nextInt(slots) + (random.nextBoolean() ? 0 : 337));
            long[] values = new long[columns];
            for (int c = 0; c < columns; c++) {
                values[c] = random.nextInt(1000);
            }
            off.add(new OffGridRow(at, random.nextInt(256), values));
        }
        ProfileBlock block = new ProfileBlock(Obis.LOAD_PROFILE, firstEnd, Duration.ofMinutes(15), list, status, off);
        return Polls.poll("M", NOW, List.of(block), List.of());
    }

    private static Unit unit(int channel, int scaler) {
        int c = CHANNELS.get(channel % CHANNELS.size()).c();
        return new Unit(scaler, c >= 3 ? Unit.VAR_HOUR : Unit.WATT_HOUR);
    }
}
