package org.telar.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The gate over licences: nothing that does not go with GPL-3.0 passes, and nothing that nobody has named. */
class LicenceReportTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "S45 S46: GPL-2.0-only, EPL alone and no licence at all are refused; a choice passes by its better half")
    void gate() throws Exception {
        Path sbom = Files.writeString(folder.resolve("x.cdx.json"), """
                {"components": [
                  {"group": "a", "name": "good", "version": "1", "licenses": [{"license": {"id": "Apache-2.0"}}]},
                  {"group": "a", "name": "choice", "version": "1",
                   "licenses": [{"license": {"id": "EPL-2.0"}}, {"license": {"id": "LGPL-2.1-only"}}]},
                  {"group": "org.gurux", "name": "gurux.dlms", "version": "4", "licenses": [{"license": {"id": "GPL-2.0-only"}}]},
                  {"group": "a", "name": "epl", "version": "1", "licenses": [{"license": {"id": "EPL-1.0"}}]},
                  {"group": "a", "name": "unknown", "version": "1"}]}
                """);
        List<String> refused = new ArrayList<>();
        assertThat(LicenceReport.report(sbom, refused)).containsKeys("Apache-2.0", "EPL-2.0 or LGPL-2.1-only");
        assertThat(refused)
                .containsExactly(
                        "org.gurux:gurux.dlms 4: GPL-2.0-only", "a:epl 1: EPL-1.0", "a:unknown 1: (none named)");
    }
}
