package org.telar.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The simulator's fleet becomes what a gateway and a registry are given (R88). */
class GatewayFilesTest {
    private static final String FLEET = """
            meter,identity,serial,model,medium,endpoint,wrapper_id,hdlc_logical,hdlc_physical,client_sap,auth,password,system_title,gek,gak,channel_kind,stamp,deviation,zone,line
            30010001,TLA30010001,30010001,TLR-A1,wrapper,tcp://127.0.0.1:27101,1000,,,1,HLS5,,544c41,aa,bb,increments,end,normal,America/Santiago,
            30010002,TLB30010002,30010002,TLR-B2,pty,serial:/d d/line-1,,1,17,2,LLS,7061,,,,registers,end,normal,America/Santiago,1
            30010003,TLB30010003,30010003,TLR-B2,pty,serial:/d d/line-1,,1,18,2,LLS,7062,,,,registers,end,normal,America/Santiago,1
            """;

    @TempDir
    Path folder;

    private Fleet fleet(String text) throws Exception {
        return Fleet.read(Files.writeString(folder.resolve("fleet.csv"), text));
    }

    @Test
    @DisplayName("one medium per line that can be used on its own; keys apart from the table and 0600 (S49)")
    void files() throws Exception {
        TestPki.Identity identity = TestPki.open(folder.resolve("pki")).gateway("gw-0001");
        Path agent = GatewayFiles.write(
                folder.resolve("gateway"),
                new GatewayFiles.Spec("gw-0001", "localhost", 27134, identity, 3),
                fleet(FLEET));
        JsonNode json = new ObjectMapper().readTree(agent.toFile());
        assertThat(json.path("media").size()).isEqualTo(2);
        assertThat(json.path("media").path("pty-1").path("uri").asText())
                .as("a folder with a space")
                .isEqualTo("serial:/d%20d/line-1");
        assertThat(Files.readAllLines(folder.resolve("gateway/meters.csv")))
                .hasSize(4)
                .anyMatch(l -> l.startsWith("30010001,dlms,TLR-A1,TLA30010001,wrapper,wrapper:1000,1,HLS5,"))
                .anyMatch(l -> l.startsWith("30010003,dlms,TLR-B2,TLB30010003,pty-1,hdlc:1/18,2,LLS,"))
                .noneMatch(l -> l.contains("7061"));
        Path keys = folder.resolve("gateway/keys.csv");
        assertThat(Files.readAllLines(keys)).contains("30010001,,aa,bb", "30010002,7061,,");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
                .isEqualTo("rw-------");
        assertThat(GatewayFiles.registryImport("gw-0001", fleet(FLEET)).lines()).hasSize(4);
    }

    @Test
    @DisplayName("a broken fleet file is named with its line or column")
    void broken() {
        assertThatThrownBy(() -> fleet(FLEET.replace("endpoint,", "wire,"))).hasMessageContaining("no column endpoint");
        assertThatThrownBy(() -> fleet(FLEET + "1,2,3\n")).hasMessageContaining("line 5");
    }
}
