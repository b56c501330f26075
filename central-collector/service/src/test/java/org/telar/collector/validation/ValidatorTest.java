package org.telar.collector.validation;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.TestClock;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.Xml;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.loader.Integrator;
import org.telar.collector.integration.loader.LoaderSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** Files loaded by the real integrator into a real database, then judged: flags, gaps, sums against closings. */
class ValidatorTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    /** The autumn day of 100 quarters, and the spring day of 92 whose midnight does not exist (D5). */
    private static final LocalDate LONG_DAY = LocalDate.parse("2026-04-04");

    private static final LocalDate SHORT_DAY = LocalDate.parse("2026-09-06");

    @TempDir
    java.nio.file.Path data;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T05:00:00Z"));
    private DataSource legacy;
    private LegacyFolder folder;
    private Integrator integrator;
    private Validator validator;
    private int file;

    @BeforeEach
    void start() {
        legacy = TestDatabases.fresh().legacy();
        folder = new LegacyFolder(data.resolve("legacy"));
        LoaderSettings s = LoaderSettings.standard(ZONE);
        LoaderSettings at = new LoaderSettings(
                s.directory(),
                s.limits(),
                s.retryAfter(),
                24,
                Duration.ZERO,
                s.keepArchive(),
                s.trustedSources(),
                200_000);
        integrator = new Integrator(
                legacy,
                folder,
                at,
                new ReadingTypes(Optional.empty()),
                new Qualities(Optional.empty()),
                clock,
                System::nanoTime,
                (code, subject, text) -> {},
                Arrows.QUIET);
        validator = new Validator(legacy, ValidationSettings.standard(), clock);
    }

    @Test
    @DisplayName(
            "Sum check: increments of days of 100 and 92 quarters meet the closings at their ends (D5), whichever file came last; one that does not is flagged, the readings stay as they came")
    void sums() throws Exception {
        for (LocalDate day : List.of(LONG_DAY, SHORT_DAY)) {
            int n = slots(day);
            load(profile(day, 100));
            load(closing(day, "5000.000") + closing(day.plusDays(1), 5000 + n / 10 + "." + (n % 10) + "00"));
        }
        assertThat(flags()).isEmpty();

        load(closing(LONG_DAY.plusDays(10), "7000") + closing(LONG_DAY.plusDays(11), "7001"));
        load(profile(LONG_DAY.plusDays(10), 100));
        assertThat(flags())
                .containsExactly(
                        "2026-04-14,1.0.1.29.0.255,SUM,96,increments add up to 9600, the closings differ by 1000");

        load(closing(SHORT_DAY.plusDays(11), "7001") + closing(SHORT_DAY.plusDays(12), "6000.001"));
        load(profile(SHORT_DAY.plusDays(11), 100));
        assertThat(flags())
                .contains("2026-09-17,1.0.1.29.0.255,NEGATIVE,96,the closing went back from 7001000 to 6000001");
        assertThat(TestDatabases.number(legacy, "SELECT sum(value) FROM lp_sample"))
                .isEqualTo((100 + 92 + 96 + 96) * 100L);
        assertThat(TestDatabases.number(legacy, "SELECT count(*) FROM file_journal WHERE validated_at IS NULL"))
                .isZero();
    }

    @Test
    @DisplayName(
            "Gaps: a missing day and missing slots are open gaps with their age; filled, they are closed; one that shrinks keeps its age (R41, R50)")
    void gaps() throws Exception {
        LocalDate first = LocalDate.parse("2026-09-05");
        load(profile(first, 100));
        clock.advance(Duration.ofDays(1));
        load(profile(first.plusDays(2), 100));
        assertThat(gapRows())
                .as("the spring day of 92 quarters is not there at all")
                .containsExactly("2026-09-06 04:00:00+00,2026-09-07 03:00:00+00,92,NOT_RECEIVED,1,open");

        clock.advance(Duration.ofDays(1));
        load(part(SHORT_DAY, 0, 40));
        assertThat(gapRows()).containsExactly("2026-09-06 14:00:00+00,2026-09-07 03:00:00+00,52,NOT_RECEIVED,1,open");
        assertThat(flags())
                .as("the day itself has no known end after its 40 slots")
                .isEmpty();

        load(part(SHORT_DAY, 60, 92));
        assertThat(gapRows()).containsExactly("2026-09-06 14:00:00+00,2026-09-06 19:00:00+00,20,NOT_RECEIVED,1,open");
        assertThat(flags()).containsExactly("2026-09-06,1.0.1.29.0.255,GAP,20,20 slot(s) without a value");

        load(part(SHORT_DAY, 40, 60));
        assertThat(flags()).isEmpty();
        assertThat(gapRows()).containsExactly("2026-09-06 14:00:00+00,2026-09-06 19:00:00+00,20,NOT_RECEIVED,1,closed");
    }

    @Test
    @DisplayName("D4, D21: rows off the grid, second rows of a slot and conflicts are flagged; and again nothing new")
    void aside() throws Exception {
        String odd = "2026-11-19T00:20:37-03:00";
        String t = "2026-11-19T00:15:00-03:00";
        String rows = Xml.meterReading(
                "1",
                "<m:IntervalBlocks>" + row(t, "0.1", "1.0.0") + row(t, "0.2", "1.0.0") + row(odd, "0.3", "1.0.0")
                        + "<m:ReadingType ref=\"" + Xml.LP + "\"/></m:IntervalBlocks>");
        load(rows);
        load(Xml.meterReading(
                "1",
                "<m:IntervalBlocks>" + row(t, "0.9", "1.0.0") + "<m:ReadingType ref=\"" + Xml.LP
                        + "\"/></m:IntervalBlocks>"));

        assertThat(TestDatabases.rows(legacy, "SELECT day, rule, n, to_utc FROM validation ORDER BY rule"))
                .containsExactly(
                        "2026-11-19,CONFLICT,1,2026-11-19 03:15:00+00",
                        "2026-11-19,DOUBLE_ROW,1,2026-11-19 03:15:00+00",
                        "2026-11-19,OFF_GRID,1,2026-11-19 03:20:37+00");
        assertThat(validator.next()).isFalse();
    }

    private static String row(String time, String value, String quality) {
        return "<m:IntervalReadings><m:timeStamp>" + time + "</m:timeStamp><m:value>" + value
                + "</m:value><m:ReadingQualities><m:ReadingQualityType ref=\"" + quality
                + "\"/></m:ReadingQualities></m:IntervalReadings>";
    }

    private static int slots(LocalDate day) {
        return (int) Duration.between(day.atStartOfDay(ZONE), day.plusDays(1).atStartOfDay(ZONE))
                        .toMinutes()
                / 15;
    }

    private static String profile(LocalDate day, int wattHours) {
        return part(day, 0, slots(day), wattHours);
    }

    private static String part(LocalDate day, int from, int to) {
        return part(day, from, to, 100);
    }

    private static String part(LocalDate day, int from, int to, int wattHours) {
        StringBuilder xml = new StringBuilder("<m:IntervalBlocks>");
        Instant start = day.atStartOfDay(ZONE).toInstant();
        for (int i = from; i < to; i++) {
            xml.append(row(start.plus(Duration.ofMinutes(15L * (i + 1))).toString(), "0." + wattHours, "1.0.0"));
        }
        return Xml.meterReading("1", xml + "<m:ReadingType ref=\"" + Xml.LP + "\"/></m:IntervalBlocks>");
    }

    private static String closing(LocalDate day, String kiloWattHours) {
        return "<m:MeterReading><m:Meter><m:Names><m:name>1</m:name></m:Names></m:Meter><m:Readings>"
                + "<m:reason>billing</m:reason><m:timeStamp>"
                + day.atStartOfDay(ZONE).toInstant() + "</m:timeStamp><m:value>" + kiloWattHours
                + "</m:value><m:ReadingType ref=\"" + Xml.CLOSING + "\"/></m:Readings></m:MeterReading>";
    }

    /** Loads one file and judges it. */
    private void load(String readings) throws Exception {
        file++;
        java.nio.file.Files.writeString(
                folder.inbox().resolve("f" + file + ".xml"), Xml.event("id-" + file, "", Xml.readings(readings)));
        assertThat(integrator.scan()).isOne();
        assertThat(TestDatabases.rows(legacy, "SELECT state, reason FROM file_journal WHERE file_id = " + file))
                .singleElement()
                .asString()
                .startsWith("LOADED");
        List<Boolean> judged = new ArrayList<>();
        while (validator.next()) {
            judged.add(true);
        }
        assertThat(judged).hasSize(1);
    }

    private List<String> flags() throws Exception {
        return TestDatabases.rows(legacy, "SELECT day, channel, rule, n, detail FROM validation ORDER BY day, rule");
    }

    /** Age in days at the time of the last step. */
    private List<String> gapRows() throws Exception {
        return TestDatabases.rows(
                legacy,
                "SELECT from_utc, to_utc, slots, cause, round(extract(epoch FROM first_seen_utc - '2026-11-20 05:00Z') / 86400),"
                        + " CASE WHEN closed_at_utc IS NULL THEN 'open' ELSE 'closed' END FROM gap ORDER BY 1");
    }
}
