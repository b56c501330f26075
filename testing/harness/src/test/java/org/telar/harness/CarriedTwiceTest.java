package org.telar.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What counts as carried twice (D11): the same sample with the same value, in whatever zone its stamp is written. */
class CarriedTwiceTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("D11: a repeated sample counts once per repetition; a corrected value, another type or meter does not")
    void counts() throws IOException {
        Path first = file("a", "30000001", "2026-03-01T00:15:00-03:00", "0.125", "0.0.2.4.1");
        Path sameElsewhere = file("b", "30000001", "2026-03-01T03:15:00Z", "0.125", "0.0.2.4.1");
        Path corrected = file("c", "30000001", "2026-03-01T03:15:00Z", "0.126", "0.0.2.4.1");
        Path otherType = file("d", "30000001", "2026-03-01T03:15:00Z", "0.125", "0.0.2.4.19");
        Path otherMeter = file("e", "30000002", "2026-03-01T03:15:00Z", "0.125", "0.0.2.4.1");

        assertThat(CarriedTwice.count(List.of(first, corrected, otherType, otherMeter)))
                .isEqualTo(new CarriedTwice.Count(8, 0));
        assertThat(CarriedTwice.count(List.of(first, sameElsewhere, corrected)))
                .isEqualTo(new CarriedTwice.Count(6, 2));
    }

    @Test
    @DisplayName("D18: the same maximum demand in the closings of two days is two readings, not one carried twice")
    void demandOfTwoClosings() throws IOException {
        Path monday = file("a", "30000001", "2026-03-01T20:30:00-03:00", "1.5", "0.8.0.6", "2026-03-02T00:00:00-03:00");
        Path tuesday =
                file("b", "30000001", "2026-03-01T20:30:00-03:00", "1.5", "0.8.0.6", "2026-03-03T00:00:00-03:00");
        // The interval reading beside it is the same, and is counted.
        assertThat(CarriedTwice.count(List.of(monday, tuesday)).duplicates()).isEqualTo(1);
        assertThat(CarriedTwice.count(List.of(monday, monday)).duplicates()).isEqualTo(2);
    }

    private Path file(String name, String meter, String stamp, String value, String type) throws IOException {
        return file(name, meter, stamp, value, type, "");
    }

    private Path file(String name, String meter, String stamp, String value, String type, String end)
            throws IOException {
        String period = end.isEmpty() ? "" : "<m:timePeriod><m:end>" + end + "</m:end></m:timePeriod>";
        Path file = folder.resolve(name + ".xml");
        Files.writeString(file, """
                <EventMessage xmlns="http://iec.ch/TC57/2011/schema/message"><Header><Noun>MeterReadings</Noun></Header>
                <Payload><m:MeterReadings xmlns:m="http://iec.ch/TC57/2011/MeterReadings#"><m:MeterReading>
                <m:IntervalBlocks><m:IntervalReadings><m:timeStamp>%2$s</m:timeStamp><m:value>%3$s</m:value>
                <m:ReadingQualities><m:timeStamp>2020-01-01T00:00:00Z</m:timeStamp><m:ReadingQualityType ref="1.0.0"/></m:ReadingQualities>
                </m:IntervalReadings><m:ReadingType ref="%4$s"/></m:IntervalBlocks>
                <m:Meter><m:mRID>x</m:mRID><m:Names><m:name>%1$s</m:name><m:NameType><m:name>MeterNumber</m:name></m:NameType></m:Names></m:Meter>
                <m:Readings><m:timeStamp>%2$s</m:timeStamp><m:value>%3$s</m:value><m:ReadingType ref="11.%4$s"/>%5$s</m:Readings>
                </m:MeterReading></m:MeterReadings></Payload></EventMessage>
                """.formatted(meter, stamp, value, type, period));
        return file;
    }
}
