package org.telar.e2e;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.MeterId;
import org.telar.api.model.Poll;
import org.telar.api.model.TimeRange;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReading;
import org.telar.collector.integration.cim.MeterReadingsReader;
import org.telar.collector.integration.cim.MeterReadingsWriter;
import org.telar.collector.integration.cim.MeterRef;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingType;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.XmlLimits;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.loader.Integrator;
import org.telar.collector.integration.loader.LoaderSettings;
import org.telar.collector.platform.PostgresServer;
import org.telar.harness.SimulatorClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Simulator's ledger = XML = Legacy, value by value, in virtual time over the two days that local time makes longer and
 * shorter in America/Santiago: read by the real driver, written, loaded. Both channel kinds (D7), rows off the grid (D4),
 * quality, closings with maximum demand at its occurrence (D18), secondary values as they are (D6).
 */
@Timeout(180)
class CimRoundTripTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant NOW = Instant.parse("2026-09-09T12:06:00Z");

    @TempDir
    static Path folder;

    private static final ReadingTypes TYPES = new ReadingTypes(Optional.empty());
    private static final Qualities QUALITIES = new Qualities(Optional.empty());
    private static Clock clock;
    private static SimulatedMeters simulator;
    private static List<Map<String, String>> fleet;
    private static PostgresServer postgres;
    private static DataSource legacy;

    @BeforeAll
    static void start() throws Exception {
        Duration offset = Duration.between(Instant.now(), NOW);
        clock = Clock.offset(Clock.systemUTC(), offset);
        Path clockFile = Files.writeString(folder.resolve("clock"), offset.toString());
        simulator = SimulatedMeters.start(
                folder.resolve("simulator"),
                "--meters",
                "10",
                "--mix",
                "wrapper=100",
                "--models",
                "A=40,B=30,C=20,D=10",
                "--days",
                "200",
                "--clock-file",
                clockFile.toString());
        fleet = simulator.fleet();
        postgres = PostgresServer.start(
                Files.createDirectories(folder.resolve("postgres")), folder.resolve("postgres-software"), 0);
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.url("legacy"));
        source.setUser("legacy");
        source.setPassword(postgres.password("legacy"));
        legacy = source;
        Flyway.configure()
                .dataSource(legacy)
                .locations("classpath:db/legacy")
                .load()
                .migrate();
    }

    @AfterAll
    static void stop() throws Exception {
        if (simulator != null) {
            simulator.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @ParameterizedTest
    @DisplayName("D4 D5 D6 D7 D18 R43 R48 R70: ledger = XML = Legacy, on the day of 100 and on the day of 92 quarters")
    @CsvSource({"2026-04-04, 100", "2026-09-06, 92"})
    void window(LocalDate day, int quarters) throws Exception {
        Instant from = day.minusDays(1).atStartOfDay(ZONE).toInstant();
        Instant to = day.plusDays(2).atStartOfDay(ZONE).toInstant();
        Instant cut = day.atTime(10, 7, 13).atZone(ZONE).toInstant();
        for (int meter = 0; meter < fleet.size(); meter += 3) {
            ObjectNode request = SimulatorClient.request()
                    .put("cmd", "power-cut")
                    .put("meter", Integer.parseInt(fleet.get(meter).get("meter")))
                    .put("from", cut.toString())
                    .put("to", cut.plus(Duration.ofMinutes(80 + meter)).toString());
            simulator.call(request);
        }
        Map<String, List<String>> ledger = simulator.truth("ledger", from, to);
        Map<String, List<String>> closings = simulator.truth("closings", from, to);

        List<Poll> polls = read(new TimeRange(from, to));
        LegacyFolder files = new LegacyFolder(folder.resolve("legacy-" + day));
        Path profile = write(files, "LOAD_PROFILE", polls);
        Path registers = write(files, "REGISTERS", polls);

        List<String> truth = sorted(ledger.values().stream().flatMap(List::stream));
        List<String> closed = sorted(closings.values().stream().flatMap(List::stream));
        assertThat(fromXml(profile)).as("XML of the profile").isEqualTo(truth);
        assertThat(registersFromXml(registers)).as("XML of the closings").isEqualTo(closed);

        load(files);

        assertThat(sorted(rows("SELECT meter || ',' || channel || ',' || " + utc("interval_end_utc") + " || ',' ||"
                                + " value || ',' || quality FROM lp_sample WHERE interval_end_utc > '" + from
                                + "' AND interval_end_utc <= '" + to + "'")
                        .stream()))
                .as("Legacy's profile")
                .isEqualTo(truth);
        assertThat(sorted(rows("SELECT meter || ',' || channel || ',' || " + utc("stamp_utc") + " || ',' || value ||"
                                + " ',' || coalesce(" + utc("occurred_at_utc")
                                + ", '') || ',' || quality FROM register_sample WHERE kind = 'daily' AND stamp_utc > '"
                                + from + "' AND stamp_utc <= '" + to + "'")
                        .stream()))
                .as("Legacy's closings")
                .isEqualTo(closed);
        assertThat(truth).as("rows off the grid").anyMatch(l -> !l.matches(".*T\\d\\d:(00|15|30|45):00Z.*"));
        assertThat(rows("SELECT DISTINCT kind FROM lp_sample ORDER BY 1")).containsExactly("increment", "register");
        String whole = fleet.get(1).get("meter");
        assertThat(rows("SELECT DISTINCT n_expected FROM lp_day WHERE day = '" + day + "'"))
                .containsExactly(Integer.toString(quarters));
        assertThat(rows("SELECT DISTINCT count(*) FROM lp_sample WHERE meter = '" + whole + "' AND interval_end_utc > '"
                        + day.atStartOfDay(ZONE).toInstant() + "' AND interval_end_utc <= '"
                        + day.plusDays(1).atStartOfDay(ZONE).toInstant() + "' GROUP BY channel"))
                .containsExactly(Integer.toString(quarters));
    }

    private static List<Poll> read(TimeRange range) throws Exception {
        List<Poll> polls = new ArrayList<>();
        try (Reader reader = new Reader(new Reader.Counters(), clock)) {
            for (Map<String, String> meter : fleet) {
                MeterReadout r =
                        reader.read(meter, new ReadRequest(List.of(range), List.of(range), List.of(), true, List.of()));
                polls.add(new Poll(
                        new MeterId(meter.get("meter")),
                        r.readAt(),
                        "wrapper",
                        Optional.empty(),
                        Optional.empty(),
                        r.profiles(),
                        r.registers(),
                        List.of()));
            }
        }
        return polls;
    }

    private static Path write(LegacyFolder files, String type, List<Poll> polls) throws Exception {
        Path file = files.inbox().resolve(type + ".xml");
        MessageHeader header = new MessageHeader(
                "created",
                "MeterReadings",
                Optional.of(clock.instant()),
                "SMMC-HES",
                files.inbox() + type,
                "run",
                Map.of(MessageHeader.DATA_TYPE, type));
        boolean profile = type.equals("LOAD_PROFILE");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                MeterReadingsWriter writer = new MeterReadingsWriter(out, header, ZONE, TYPES, QUALITIES, profile)) {
            for (Poll p : polls) {
                Poll part = new Poll(
                        p.meter(),
                        p.readAt(),
                        p.path(),
                        p.activity(),
                        p.clockOffset(),
                        profile ? p.profiles() : List.of(),
                        profile ? List.of() : p.registers(),
                        List.of());
                assertThat(writer.meter(MeterRef.of(p.meter().number(), ZONE, 1), List.of(part)))
                        .isEmpty();
            }
        }
        return file;
    }

    /** The ledger's form of what the XML says: {@code meter,channel,end,value,quality}. */
    private static List<String> fromXml(Path file) throws Exception {
        List<String> lines = new ArrayList<>();
        parse(file, reading -> {
            for (MeterReading.Block b : reading.blocks()) {
                ReadingType type = TYPES.of(b.readingType()).orElseThrow();
                for (int i = 0; i < b.size(); i++) {
                    if (b.unscaled(i) != MeterReading.Block.NO_VALUE) {
                        lines.add(reading.meter() + "," + type.channel() + "," + Instant.ofEpochSecond(b.end(i)) + ","
                                + plain(BigDecimal.valueOf(b.unscaled(i), -b.exponent(i) - type.multiplier())) + ","
                                + b.quality(i).codes());
                    }
                }
            }
        });
        return sorted(lines.stream());
    }

    private static List<String> registersFromXml(Path file) throws Exception {
        List<String> lines = new ArrayList<>();
        parse(file, reading -> {
            for (MeterReading.Register r : reading.registers()) {
                ReadingType type = TYPES.of(r.readingType()).orElseThrow();
                Instant at = Instant.ofEpochSecond(r.at());
                boolean occurred = r.periodEnd().isPresent();
                lines.add(reading.meter() + "," + type.channel() + ","
                        + (occurred ? Instant.ofEpochSecond(r.periodEnd().get()) : at) + ","
                        + plain(r.value().orElseThrow().toBigDecimal().scaleByPowerOfTen(type.multiplier())) + ","
                        + (occurred ? at : "") + "," + r.quality().codes());
            }
        });
        return sorted(lines.stream());
    }

    private static void parse(Path file, java.util.function.Consumer<MeterReading> take)
            throws IOException, CimException {
        try (InputStream in = Files.newInputStream(file)) {
            MeterReadingsReader.read(in, XmlLimits.DEFAULT, true, QUALITIES, new MeterReadingsReader.Sink() {
                @Override
                public void header(MessageHeader header) {
                    // only readings count here
                }

                @Override
                public void meterReading(MeterReading reading) {
                    take.accept(reading);
                }
            });
        }
    }

    private static void load(LegacyFolder files) throws IOException {
        LoaderSettings s = LoaderSettings.standard(ZONE);
        Integrator integrator = new Integrator(
                legacy,
                files,
                new LoaderSettings(
                        s.directory(),
                        s.limits(),
                        s.retryAfter(),
                        s.maximumAttempts(),
                        Duration.ZERO,
                        s.keepArchive(),
                        s.trustedSources(),
                        s.batchValues()),
                TYPES,
                QUALITIES,
                clock,
                System::nanoTime,
                (code, subject, text) -> {},
                Arrows.QUIET);
        assertThat(integrator.scan()).isEqualTo(2);
    }

    /** Lines with the quality's codes in one order, sorted. */
    private static List<String> sorted(Stream<String> lines) {
        return lines.map(l -> {
                    int comma = l.lastIndexOf(',');
                    String[] codes = l.substring(comma + 1).split("\\+");
                    Arrays.sort(codes);
                    return l.substring(0, comma + 1) + String.join("+", codes);
                })
                .sorted()
                .toList();
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    private static String utc(String column) {
        return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    }

    private static List<String> rows(String sql) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection db = legacy.getConnection();
                Statement s = db.createStatement();
                ResultSet row = s.executeQuery(sql)) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }
}
