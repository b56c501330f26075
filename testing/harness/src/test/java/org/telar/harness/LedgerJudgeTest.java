package org.telar.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.harness.LedgerJudge.GapReport;
import org.telar.harness.LedgerJudge.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The judge must find every kind of fault, or a flawless verdict proves nothing (L and D of the oracle). */
class LedgerJudgeTest {
    private static final Instant AFTER = Instant.parse("2026-11-20T03:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-11-20T03:45:00Z");
    private static final String A = "30000001,1.0.1.29.0.255,2026-11-20T03:15:00Z,101,1.0.0";
    private static final String B = "30000001,1.0.1.29.0.255,2026-11-20T03:30:00Z,102,1.0.0";
    private static final String C = "30000001,1.0.1.29.0.255,2026-11-20T03:45:00Z,103,1.0.0";
    private static final String LATER = "30000001,1.0.1.29.0.255,2026-11-20T04:00:00Z,104,1.0.0";

    @TempDir
    Path folder;

    private Verdict judge(List<String> ledger, List<String> legacy, GapReport... reports) throws IOException {
        return LedgerJudge.judge(file("ledger", ledger), file("legacy", legacy), AFTER, UNTIL, List.of(reports));
    }

    private Path file(String name, List<String> rows) throws IOException {
        Path file = folder.resolve(name + ".csv");
        Files.writeString(file, "meter,channel,interval_end_utc,value,quality\n" + String.join("\n", rows) + "\n");
        return file;
    }

    @Test
    @DisplayName("equal files are flawless; values after the window may or may not be there")
    void equal() throws IOException {
        assertThat(judge(List.of(A, B, C, LATER), List.of(A, B, C)))
                .isEqualTo(new Verdict(3, 3, 0, 0, 0, 0, 0, List.of()));
        assertThat(judge(List.of(A, B, C, LATER), List.of(A, B, C, LATER)).flawless())
                .isTrue();
    }

    @Test
    @DisplayName("a missing value is lost, unless a gap report says why")
    void missing() throws IOException {
        Verdict lost = judge(List.of(A, B, C), List.of(A, C));
        assertThat(lost.lost()).isEqualTo(1);
        assertThat(lost.flawless()).isFalse();
        assertThat(lost.examples()).singleElement().asString().contains("03:30:00Z");

        GapReport reason = new GapReport("30000001", AFTER, UNTIL, "METER_SILENT");
        Verdict explained = judge(List.of(A, B, C), List.of(A, C), reason);
        assertThat(explained.gapsWithReason()).isEqualTo(1);
        assertThat(explained.lost()).isZero();
        assertThat(explained.expected()).isEqualTo(explained.delivered() + 1);
    }

    @Test
    @DisplayName("another value or another quality is not delivered, also after the window")
    void wrong() throws IOException {
        assertThat(judge(List.of(A, B), List.of(A, B.replace(",102,", ",0,"))))
                .extracting(Verdict::wrong, Verdict::lost, Verdict::flawless)
                .containsExactly(1L, 1L, false);
        assertThat(judge(List.of(A), List.of(A.replace("1.0.0", "1.1.9"))).wrong())
                .isEqualTo(1);
        assertThat(judge(List.of(A, LATER), List.of(A, LATER.replace("104", "1")))
                        .flawless())
                .isFalse();
    }

    @Test
    @DisplayName("a key twice is a duplicate, whatever its value; a value no meter held is invented")
    void twiceAndInvented() throws IOException {
        assertThat(judge(List.of(A, B), List.of(A, A.replace("101", "7"), B)).duplicates())
                .isEqualTo(1);
        Verdict falseZero = judge(List.of(A), List.of(A, B.replace(",102,", ",0,")));
        assertThat(falseZero.invented()).isEqualTo(1);
        assertThat(falseZero.flawless()).isFalse();
    }

    @Test
    @DisplayName("an unsorted or broken file is refused by name and line, never judged")
    void broken() {
        assertThatThrownBy(() -> judge(List.of(B, A), List.of(A, B)))
                .hasMessageContaining("ledger.csv line 3")
                .hasMessageContaining("out of order");
        assertThatThrownBy(() -> judge(List.of(A), List.of("nonsense"))).hasMessageContaining("legacy.csv line 2");
    }
}
