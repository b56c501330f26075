package org.telar.collector.integration.loader;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.Xml;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;

import static org.assertj.core.api.Assertions.assertThat;

/** The upsert rule of the Legacy, file against file: what is new, equal, contradicted, missing (D4, D21, R42, R46). */
class UpsertTest {
    private static final String T1 = "2026-11-19T00:15:00-03:00";
    private static final String T2 = "2026-11-19T00:30:00-03:00";
    private static final String EARLY = "2026-11-20T01:00:00-03:00";
    private static final String LATE = "2026-11-20T02:00:00-03:00";

    @TempDir
    Path folder;

    private DataSource legacy;
    private int file;

    @BeforeEach
    void start() {
        legacy = TestDatabases.fresh().legacy();
    }

    @Test
    @DisplayName("R42, R46: what is there already and equal is a no-op and counted; parts of a day join")
    void equal() throws Exception {
        load(reading(EARLY, T1, "0.1", "1.0.0"));
        load(reading(LATE, T1, "0.100", "1.0.0") + reading(LATE, T2, "0.25", "1.0.0"));

        assertThat(samples()).containsExactly("100,1.0.0,1", "250,1.0.0,1");
        assertThat(counts()).containsExactly("1,0,0", "1,1,0");
        assertThat(history()).isEmpty();
    }

    @Test
    @DisplayName(
            "D21: at equal rank the later reading at the edge wins, whatever the order of arrival; the loser is kept")
    void laterWins() throws Exception {
        load(reading(EARLY, T1, "0.1", "1.0.0"));
        load(reading(LATE, T1, "0.2", "1.0.0"));
        assertThat(samples()).containsExactly("200,1.0.0,2");
        assertThat(history()).containsExactly("100,profile,REPLACED");

        start();
        load(reading(LATE, T1, "0.2", "1.0.0"));
        load(reading(EARLY, T1, "0.1", "1.0.0"));
        assertThat(samples()).containsExactly("200,1.0.0,2");
        assertThat(history()).containsExactly("100,profile,REFUSED");
        assertThat(TestDatabases.rows(legacy, "SELECT warn, n_conflicts FROM file_journal ORDER BY 1"))
                .containsExactly("f,0", "t,1");
    }

    @Test
    @DisplayName("D21: the reading time counts slot by slot, not row by row")
    void slotBySlot() throws Exception {
        load(reading(EARLY, T1, "0.1", "1.0.0"));
        load(reading(LATE, T2, "0.9", "1.0.0"));
        load(reading("2026-11-20T01:30:00-03:00", T1, "0.3", "1.0.0"));
        assertThat(samples()).containsExactly("300,1.0.0,2", "900,1.0.0,2");
    }

    @Test
    @DisplayName("D21: an approved edit outranks a later measurement, which outranks an estimate")
    void rank() throws Exception {
        load(reading(LATE, T1, "0.5", "3.8.0"));
        load(reading(EARLY, T1, "0.1", "1.0.0"));
        assertThat(samples()).containsExactly("100,1.0.0,2");
        load(reading(EARLY, T1, "0.4", "3.7.1"));
        load(reading(LATE, T1, "0.2", "1.0.0"));
        assertThat(samples()).containsExactly("400,3.7.1,4");
        assertThat(history()).containsExactly("500,profile,REPLACED", "100,profile,REPLACED", "200,profile,REFUSED");
    }

    @Test
    @DisplayName("A missing value never overwrites a value; a value fills a known gap; no false zero (R42)")
    void missing() throws Exception {
        load(reading(EARLY, T1, "", "2.5.259"));
        assertThat(samples()).isEmpty();
        assertThat(gaps()).isEqualTo(1);
        load(reading(LATE, T1, "0.1", "1.0.0"));
        assertThat(gaps()).isZero();
        load(reading("2026-11-20T03:00:00-03:00", T1, "", "2.5.259"));

        assertThat(samples()).containsExactly("100,1.0.0,1");
        assertThat(gaps()).isZero();
        assertThat(counts()).containsExactly("0,0,0", "1,0,0", "0,0,0");
    }

    @Test
    @DisplayName("Values of other powers of ten join exactly; one that cannot be held beside them is kept aside (D9)")
    void scale() throws Exception {
        load(reading(EARLY, T1, "9000000000", "1.0.0"));
        load(reading(LATE, T2, "0.0000125", "1.0.0"));
        assertThat(samples()).containsExactly("9000000000000,1.0.0,1", "0.0125,1.0.0,1");

        load(reading(LATE, "2026-11-19T00:45:00-03:00", "0.000000000001", "1.0.0"));

        assertThat(samples()).hasSize(2);
        assertThat(TestDatabases.rows(legacy, "SELECT meter_no, code, content FROM file_block"))
                .containsExactly("1,1.8,2026-11-19T03:45:00Z;0.000000000001;1.0.0;\n");
    }

    @Test
    @DisplayName(
            "D4: rows off the grid, and second ones in a slot, are kept with their own time; again they are duplicates")
    void offGrid() throws Exception {
        String odd = "2026-11-19T00:20:37-03:00";
        String rows = reading(EARLY, T1, "0.1", "1.0.0", T1, "0.2", "1.0.0", odd, "0.3", "1.4.9", odd, "0.3", "1.4.9");
        load(rows);
        load(rows.replace(EARLY, LATE));

        assertThat(TestDatabases.rows(
                        legacy, "SELECT value, quality, off_grid FROM lp_sample ORDER BY interval_end_utc, value"))
                .containsExactly("100,1.0.0,f", "200,1.0.0,t", "300,1.4.9,t", "300,1.4.9,t");
        assertThat(counts()).containsExactly("4,0,0", "0,4,0");
    }

    @Test
    @DisplayName("Registers follow the same rule; occurrence and kind are part of what is compared (D18)")
    void registers() throws Exception {
        load(closing(EARLY, "6519.095"));
        load(closing(LATE, "6519.095"));
        load(closing(LATE, "6520"));
        load(closing("2026-11-20T03:00:00-03:00", "6521"));

        assertThat(TestDatabases.rows(
                        legacy, "SELECT meter, channel, kind, value, quality, revision, unit FROM register_sample"))
                .containsExactly("1,1.0.1.8.0.255,daily,6521000,1.0.0,3,Wh");
        assertThat(counts()).containsExactly("1,0,0", "0,1,0", "0,0,1", "0,0,1");
        assertThat(history()).containsExactly("6519095,daily,REPLACED", "6520000,daily,REPLACED");
    }

    @Test
    @DisplayName("D5: the sample that ends at local midnight belongs to the day before; the spring day has 92 slots")
    void days() throws Exception {
        load(reading(EARLY, "2026-09-06T01:00:00-03:00", "1", "1.0.0", "2026-09-06T01:15:00-03:00", "2", "1.0.0"));
        assertThat(TestDatabases.rows(legacy, "SELECT day, n_expected, n_present FROM lp_day ORDER BY day"))
                .containsExactly("2026-09-05,96,1", "2026-09-06,92,1");
        start();
        load(reading(EARLY, "2026-04-05T00:00:00-04:00", "1", "1.0.0"));
        assertThat(TestDatabases.rows(legacy, "SELECT day, n_expected, array_position(vals, 1) FROM lp_day"))
                .containsExactly("2026-04-04,100,100");
    }

    private static String reading(String readAt, String... timeValueQuality) {
        StringBuilder xml = new StringBuilder("<m:IntervalBlocks>");
        for (int i = 0; i < timeValueQuality.length; i += 3) {
            String value = timeValueQuality[i + 1];
            xml.append("<m:IntervalReadings><m:reportedDateTime>" + readAt + "</m:reportedDateTime><m:timeStamp>"
                    + timeValueQuality[i] + "</m:timeStamp>"
                    + (value.isEmpty() ? "" : "<m:value>" + value + "</m:value>")
                    + "<m:ReadingQualities><m:ReadingQualityType ref=\"" + timeValueQuality[i + 2]
                    + "\"/></m:ReadingQualities></m:IntervalReadings>");
        }
        return Xml.meterReading("1", xml + "<m:ReadingType ref=\"" + Xml.LP + "\"/></m:IntervalBlocks>");
    }

    private static String closing(String readAt, String value) {
        return "<m:MeterReading><m:Meter><m:Names><m:name>1</m:name></m:Names></m:Meter><m:Readings>"
                + "<m:reason>billing</m:reason><m:reportedDateTime>" + readAt + "</m:reportedDateTime>"
                + "<m:timeStamp>2026-11-20T00:00:00-03:00</m:timeStamp><m:value>" + value + "</m:value>"
                + "<m:ReadingType ref=\"" + Xml.CLOSING + "\"/></m:Readings></m:MeterReading>";
    }

    private void load(String meterReadings) throws Exception {
        Path path = folder.resolve("f" + file++ + ".xml");
        Files.writeString(path, Xml.event("id-" + file, "", Xml.readings(meterReadings)));
        FileLoader loader = new FileLoader(
                new ReadingTypes(Optional.empty()),
                new Qualities(Optional.empty()),
                LoaderSettings.standard(ZoneId.of("America/Santiago")),
                Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC),
                Arrows.QUIET);
        try (Connection db = legacy.getConnection()) {
            Outcome outcome = loader.load(db, path, FileLoader.sha256(path));
            assertThat(outcome.state()).as(outcome.reason()).isEqualTo(Outcome.State.LOADED);
        }
    }

    private List<String> samples() throws Exception {
        return TestDatabases.rows(
                legacy, "SELECT value, quality, revision FROM lp_sample ORDER BY interval_end_utc, value");
    }

    private List<String> counts() throws Exception {
        return TestDatabases.rows(
                legacy, "SELECT n_loaded, n_duplicates, n_conflicts FROM file_journal ORDER BY file_id");
    }

    private List<String> history() throws Exception {
        return TestDatabases.rows(
                legacy, "SELECT trim_scale(value), kind, reason FROM reading_history ORDER BY file_id");
    }

    private long gaps() throws Exception {
        return TestDatabases.number(legacy, "SELECT count(*) FROM lp_missing");
    }
}
