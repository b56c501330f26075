package org.telar.concentrator.internal.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The concentrator's own table (R32, R48): a person's mistake costs a line, never the table. */
class MeterTableTest {
    private static final String HEADER = String.join(",", MeterTableParser.COLUMNS) + "\n";
    private static final String GOOD = "M1,dlms,SIM,ID1,plc,wrapper:1,1,HLS5,America/Santiago,COMMISSIONED,a=1;b=2\n";

    @TempDir
    Path folder;

    @Test
    @DisplayName("R32: a good line is the meter with its state and parameters")
    void goodLine() throws TableException {
        MeterTable table = MeterTableParser.parse("meters.csv", HEADER + GOOD);
        MeterEntry entry = table.find(new MeterId("M1")).orElseThrow();
        assertThat(entry.state()).isEqualTo(MeterState.COMMISSIONED);
        assertThat(entry.meter().parameters()).containsEntry("a", "1").containsEntry("b", "2");
        assertThat(table.problems()).isEmpty();
    }

    @Test
    @DisplayName("Bad input: every broken line is named by file, line, column and expectation, and only it is left out")
    void brokenLines() throws TableException {
        String text = HEADER
                + GOOD
                + GOOD.replace("M1", "M 2").replace("wrapper:1", "wrapper:2")
                + GOOD.replace("M1", "M3").replace("wrapper:1", "wrapper:3").replace("HLS5", "HLS9")
                + GOOD.replace("M1", "M4").replace("wrapper:1", "wrapper:4").replace("America/Santiago", "Mars/Base")
                + GOOD.replace("M1", "M5").replace("wrapper:1,1,", "wrapper:5,300,")
                + "M6,dlms\n"
                + GOOD.replace("M1", "M7")
                + GOOD.replace("M1", "M8").replace("wrapper:1", "wrapper:8");
        MeterTable table = MeterTableParser.parse("meters.csv", text);
        assertThat(table.commissioned()).extracting(m -> m.id().number()).containsExactly("M1", "M8");
        assertThat(table.problems())
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("meters.csv, line 3, column meter: 1 to 32"),
                        p -> assertThat(p).startsWith("meters.csv, line 4, column authentication: one of [NONE"),
                        p -> assertThat(p).startsWith("meters.csv, line 5, column zone"),
                        p -> assertThat(p).startsWith("meters.csv, line 6, column client_sap: a number 1..127"),
                        p -> assertThat(p).startsWith("meters.csv, line 7, column count: 11 columns"),
                        p -> assertThat(p).contains("line 8, column address").contains("the address of line 2"));
    }

    @Test
    @DisplayName("F13: a broken file keeps the table in use, and after a restart the last good copy")
    void lastGoodCopy() throws IOException, TableException {
        Path file = folder.resolve("meters.csv");
        Files.writeString(file, HEADER + GOOD);
        MeterTableFile source = new MeterTableFile(file, folder.resolve("copy"));
        assertThat(source.load().all()).hasSize(1);
        assertThat(source.poll()).as("unchanged").isEmpty();

        write(file, "torn", 10);
        assertThat(source.poll()).as("broken: the one in use stays").isEmpty();
        MeterTable restarted = new MeterTableFile(file, folder.resolve("copy")).load();
        assertThat(restarted.all()).hasSize(1);
        assertThat(restarted.problems())
                .first()
                .asString()
                .contains("line 1: header")
                .contains("last good copy is used");

        write(file, HEADER + GOOD + GOOD.replace("M1", "M2").replace("wrapper:1", "wrapper:2"), 20);
        assertThat(source.poll()).get().satisfies(t -> assertThat(t.all()).hasSize(2));
    }

    @Test
    @DisplayName("Bad input: nothing good at all is refused with a sentence")
    void nothingGood() {
        MeterTableFile source = new MeterTableFile(folder.resolve("absent.csv"), folder.resolve("copy"));
        assertThatThrownBy(source::load)
                .isInstanceOf(TableException.class)
                .hasMessageContaining("absent.csv: there is no such file")
                .hasMessageContaining("there is no last good copy");
    }

    private static void write(Path file, String text, int secondsAhead) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(secondsAhead)));
    }
}
