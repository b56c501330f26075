package org.telar.platform.linux.internal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Keys of the centre: who may send them, who can open them, and how they lie on disk (D17, S25, S40, S49). */
class SealedKeysTest {
    private static final byte[] CONTENT = "the content".getBytes(StandardCharsets.US_ASCII);
    private static final MeterId METER = new MeterId("10000001");

    @TempDir
    Path folder;

    @ParameterizedTest(name = "D17: signed by the centre and sealed for a gateway with an {0} key, it opens")
    @ValueSource(strings = {"EC", "RSA"})
    void opens(String algorithm) throws Exception {
        SealedPki pki = new SealedPki();
        SealedPki.Party gateway = pki.party("gw-0001", algorithm);
        pki.stores(folder, gateway);
        byte[] envelope = pki.seal(CONTENT, pki.party("centre.example", "EC"), gateway);
        assertThat(stores("centre.example").envelope().open(envelope)).isEqualTo(CONTENT);
    }

    @Test
    @DisplayName(
            "D17: signed by another gateway, by a stranger, changed on the way, or for another gateway: refused, told why")
    void refuses() throws Exception {
        SealedPki pki = new SealedPki();
        SealedPki.Party centre = pki.party("centre.example", "EC");
        SealedPki.Party gateway = pki.party("gw-0001", "EC");
        SealedPki.Party other = pki.party("gw-0002", "EC");
        pki.stores(folder, gateway);
        refused(
                pki.seal(CONTENT, other, gateway),
                "the signer is CN=gw-0002, whose certificate is not for centre.example");
        SealedPki strangers = new SealedPki();
        refused(strangers.seal(CONTENT, strangers.party("centre.example", "EC"), gateway), "");
        refused(pki.seal(CONTENT, centre, other), "not CMS SignedData over EnvelopedData that can be opened");
        byte[] changed = pki.seal(CONTENT, centre, gateway);
        changed[changed.length / 2] ^= 1;
        refused(changed, "");
        refused(new byte[0], "");
        refused("nonsense".getBytes(StandardCharsets.US_ASCII), "");
        assertThatThrownBy(() -> stores("").envelope()).hasMessageContaining("not configured");
    }

    private void refused(byte[] envelope, String why) {
        assertThatThrownBy(() -> stores("centre.example").envelope().open(envelope))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining(why);
    }

    private GatewayStores stores(String centre) {
        return new GatewayStores(
                folder.resolve("gateway.p12").toString(),
                folder.resolve("trust.p12").toString(),
                folder.resolve("gateway.password").toString(),
                centre);
    }

    @Test
    @DisplayName(
            "D17 S40 S49: kept sealed under a local key: no secret in any file but its own, and back after a restart")
    void keptSealed() throws Exception {
        byte[] canary = "CANARY-PASSWORD".getBytes(StandardCharsets.US_ASCII);
        SealedKeys keys = new SealedKeys(folder);
        keys.install(7, Map.of(METER, new MeterKeys(canary, new byte[16], new byte[16])));
        SealedKeys again = new SealedKeys(folder);
        assertThat(again.version()).isEqualTo(7);
        assertThat(again.keysOf(METER).orElseThrow().password()).isEqualTo(canary);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).allSatisfy(file -> {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(text).doesNotContain("CANARY", "43414e415259");
                assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            });
        }
        Files.write(folder.resolve("local.key"), new byte[32]);
        assertThat(new SealedKeys(folder).keysOf(METER))
                .as("without the local key")
                .isEmpty();
    }
}
