package org.telar.collector.integration.cim;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.api.model.Obis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The tables that a utility may override: what they say (D6, D7, D18, table of qualities), and how they refuse. */
class TablesTest {
    @TempDir
    Path folder;

    private final ReadingTypes types = new ReadingTypes(Optional.empty());

    @ParameterizedTest
    @DisplayName("D7, D18: OBIS code to ReadingType, as the table of the design says, and back")
    @CsvSource({
        "PROFILE, 1.0.1.29.0.255, 15, 1, 0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0",
        "PROFILE, 1.0.2.29.0.255, 15, 1, 0.0.2.4.19.1.12.0.0.0.0.0.0.0.0.3.72.0",
        "PROFILE, 1.0.5.29.0.255, 15, 1, 0.0.2.4.15.1.12.0.0.0.0.0.0.0.0.3.73.0",
        "PROFILE, 1.0.8.29.0.255, 30, 1, 0.0.5.4.18.1.12.0.0.0.0.0.0.0.0.3.73.0",
        "PROFILE, 1.0.1.8.0.255, 15, 1, 0.0.2.1.1.1.12.0.0.0.0.0.0.0.0.3.72.0",
        "PROFILE, 1.0.1.8.0.255, 60, 2, 0.0.7.1.1.2.12.0.0.0.0.0.0.0.0.3.72.0",
        "DAILY, 1.0.1.8.0.255, 0, 1, 11.0.0.1.1.1.12.0.0.0.0.0.0.0.0.3.72.0",
        "DAILY, 1.0.1.8.4.255, 0, 1, 11.0.0.1.1.1.12.0.0.0.0.4.0.0.0.3.72.0",
        "DAILY, 1.0.1.6.0.255, 0, 1, 0.8.0.6.1.1.8.0.0.0.0.0.0.0.0.3.38.0",
        "BILLING, 1.0.1.6.2.255, 0, 1, 8.8.0.6.1.1.8.0.0.0.0.2.0.0.0.3.38.0",
        "BILLING, 1.0.1.2.0.255, 0, 1, 8.8.0.3.1.1.8.0.0.0.0.0.0.0.0.3.38.0",
        "ONDEMAND, 1.0.1.8.0.255, 0, 1, 0.0.0.1.1.1.12.0.0.0.0.0.0.0.0.3.72.0",
    })
    void readingTypes(Use use, String obis, int minutes, int commodity, String mrid) {
        ReadingType type = types.of(use, Obis.parse(obis), Duration.ofMinutes(minutes), commodity)
                .orElseThrow();

        assertThat(type.mrid()).isEqualTo(mrid);
        ReadingType back = types.of(mrid).orElseThrow();
        assertThat(back.channel()).isEqualTo(Obis.parse(obis));
        assertThat(back.uses()).contains(use);
    }

    @Test
    @DisplayName("D6: what the table does not know is unknown, both ways")
    void unknown() {
        assertThat(types.of(Use.PROFILE, Obis.parse("1.0.99.29.0.255"), Duration.ofMinutes(15), 1))
                .isEmpty();
        assertThat(types.of(Use.PROFILE, Obis.parse("1.0.1.29.0.255"), Duration.ofMinutes(7), 1))
                .isEmpty();
        assertThat(types.of("0.0.2.4.1.3.12.0.0.0.0.0.0.0.0.3.72.0"))
                .as("commodity 3")
                .isEmpty();
        assertThat(types.of("0.0.2.4.1")).isEmpty();
        assertThat(types.of("x".repeat(5000))).isEmpty();
        assertThat(types.of("0.8.0.6.1.1.8.0.0.0.0.0.0.0.0.3.38.0")
                        .orElseThrow()
                        .uses())
                .isEqualTo(Set.of(Use.DAILY, Use.ONDEMAND));
    }

    @ParameterizedTest
    @DisplayName("Profile status bits to CIM codes, ascending; no bit is 1.0.0")
    @CsvSource({
        "0, 1.0.0",
        "1, 1.1.0",
        "2, 1.1.9",
        "4, 1.5.257",
        "8, 1.0.0",
        "32, 1.4.9",
        "64, 1.0.0",
        "128, 1.2.32",
        "5, 1.1.0+1.5.257",
        "255, 1.0.0+1.1.0+1.1.9+1.2.32+1.4.9+1.5.257",
        "16, 1.0.0",
    })
    void qualities(int status, String codes) {
        assertThat(new Qualities(Optional.empty()).of(status).codes()).isEqualTo(codes);
    }

    @Test
    @DisplayName("Missing is 2.5.259; a comment stays with its code; rank by category (D21)")
    void qualityMeaning() {
        Qualities table = new Qualities(Optional.empty());
        assertThat(table.missing().codes()).isEqualTo("2.5.259");
        assertThat(table.of(1).comments()).isEqualTo("1.1.0=critical error");
        assertThat(table.of(64).comments()).isEqualTo("1.0.0=recovered");
        assertThat(Quality.of("3.7.1", "").rank())
                .isGreaterThan(Quality.of("1.0.0", "").rank());
        assertThat(Quality.of("3.8.0", "").rank())
                .isLessThan(Quality.of("1.4.131", "").rank());
    }

    @Test
    @DisplayName("A utility's own tables replace ours")
    void override() throws Exception {
        Path own = Files.writeString(
                folder.resolve("own.csv"),
                "use,obis,reading_type\nprofile,1.0.1.29.0.255,0.0.{period}.9.1.2.164.0.0.0.0.0.0.0.0.3.72.0\n");
        ReadingTypes table = new ReadingTypes(Optional.of(own));

        assertThat(table.of(Use.PROFILE, Obis.parse("1.0.1.29.0.255"), Duration.ofMinutes(15), 1)
                        .orElseThrow()
                        .mrid())
                .isEqualTo("0.0.2.9.1.2.164.0.0.0.0.0.0.0.0.3.72.0");
        assertThat(table.of(Use.DAILY, Obis.parse("1.0.1.8.0.255"), Duration.ZERO, 1))
                .isEmpty();
    }

    @ParameterizedTest
    @DisplayName("A broken table names file, line and what was expected")
    @CsvSource(
            delimiter = '|',
            value = {
                "profile,1.0.1.29.0.255|line 2: 3 fields expected",
                "weekly,1.0.1.29.0.255,0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0|line 2: use profile, daily",
                "profile,1.0.1,0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0|line 2: not an OBIS code",
                "profile,1.0.1.29.0.255,0.0.2.4|line 2: a reading type has 18 fields, got 4",
                "profile,1.0.1.29.0.255,0.0.x.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0|line 2: field 3 is a number, got x",
                "profile,1.0.1.29.0.255,0.0.0.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0|line 2: a profile's reading type needs",
                "daily,1.0.1.8.{tariff}.255,11.0.0.1.1.1.12.0.0.0.0.0.0.0.0.3.72.0|line 2: {tariff} stands in both",
                "daily,1.0.1.8.0.255,{tariff}.0.0.1.1.1.12.0.0.0.0.0.0.0.0.3.72.0|line 2: field 1 cannot be",
            })
    void broken(String line, String message) throws Exception {
        Path own = Files.writeString(folder.resolve("own.csv"), "use,obis,reading_type\n" + line + "\n");
        assertThatThrownBy(() -> new ReadingTypes(Optional.of(own)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("own.csv " + message);
    }

    @Test
    @DisplayName("One ReadingType must not stand for two channels: the second line is named, with the first")
    void ambiguous() throws Exception {
        String mrid = "0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0";
        Path own = Files.writeString(
                folder.resolve("own.csv"),
                "use,obis,reading_type\nprofile,1.0.1.29.0.255," + mrid + "\nprofile,1.0.2.29.0.255," + mrid + "\n");
        assertThatThrownBy(() -> new ReadingTypes(Optional.of(own)))
                .hasMessageContaining("line 3")
                .hasMessageContaining("line 2");
    }

    @ParameterizedTest
    @DisplayName("A broken table of qualities names file and line, or what is missing")
    @CsvSource(
            delimiter = '|',
            value = {
                "none,1.0.0,|lines \"none\" and \"missing\" are needed",
                "seven,1.0.0,|line 2: bit number, none or missing expected, got seven",
                "31,1.0.0,|line 2: bit 0..30",
                "1,1.0,|line 2: a quality code is system.category.index",
            })
    void brokenQualities(String line, String message) throws Exception {
        Path own = Files.writeString(folder.resolve("q.csv"), "bit,code,comment\n" + line + "\n");
        assertThatThrownBy(() -> new Qualities(Optional.of(own)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("q.csv")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @DisplayName(
            "R35: events go out as the table says; a code of the meter's own log comes first, a cleared one ends in 28")
    @CsvSource({
        "METER_REPLACED,'',3.8.0.24",
        "METER_STATUS_CHANGED,44,3.12.29.212",
        "METER_STATUS_CHANGED,9999,3.21.0.24",
        "ORDER_EXE,'',-",
        "NEW_AND_UNKNOWN,1,3.26.0.85"
    })
    void events(String code, String dlms, String type) {
        EventTypes table = new EventTypes(Optional.empty());
        assertThat(table.of(code, dlms).map(EventTypes.EventType::code).orElse("-"))
                .isEqualTo(type);
        table.of(code, dlms).ifPresent(t -> assertThat(t.cleared().code()).isEqualTo(type.replaceAll("\\d+$", "28")));
    }

    @ParameterizedTest
    @DisplayName("A broken table of event types names file and line, or what is missing")
    @CsvSource(
            delimiter = '|',
            value = {
                "METER_REPLACED,3.8.0.24,|the line \"other\" is needed",
                "dlms:x,3.8.0.24,|line 2: an event code, dlms:N or other expected, got dlms:x",
                "METER_REPLACED,3.8.0,|line 2: a type is four numbers",
                "other,-|line 2: 3 fields expected",
            })
    void brokenEvents(String line, String message) throws Exception {
        Path own = Files.writeString(folder.resolve("e.csv"), "event,type,reason\n" + line + "\n");
        assertThatThrownBy(() -> new EventTypes(Optional.of(own)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("e.csv")
                .hasMessageContaining(message);
    }
}
