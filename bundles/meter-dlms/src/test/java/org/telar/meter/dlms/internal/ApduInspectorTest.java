package org.telar.meter.dlms.internal;

import java.util.Arrays;
import java.util.HexFormat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.MeterId;
import org.telar.api.platform.InvocationCounters;
import org.telar.meter.dlms.internal.LinkException.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What an answer must be before it is decoded; bytes as the standard prints them (R44, R80). */
class ApduInspectorTest {
    private static final byte[] ENCRYPTION_KEY = hex("000102030405060708090a0b0c0d0e0f");
    private static final byte[] AUTHENTICATION_KEY = hex("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf");
    private static final byte[] TITLE = hex("4d4d4d0000bc614e");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static ApduInspector plain(int results) {
        ApduInspector inspector = new ApduInspector(null);
        inspector.expect(results);
        return inspector;
    }

    private static void refused(ApduInspector inspector, String apdu, Kind kind) {
        assertThatThrownBy(() -> inspector.check(hex(apdu)))
                .as(apdu)
                .isInstanceOfSatisfying(
                        LinkException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    @DisplayName("IEC 62056-53 annex: the printed AARE is accepted, its server takes APDUs of 1200 bytes")
    void associationAnswer() throws Exception {
        ApduInspector inspector = plain(1);
        inspector.check(hex("6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f0400007e1f04b00007"));
        assertThat(inspector.aare().accepted()).isTrue();
        assertThat(inspector.aare().maxPdu()).isEqualTo(1200);
    }

    @Test
    @DisplayName("IEC 62056-53 annex: the printed refusal (authentication failure) is seen as one")
    void associationRefused() throws Exception {
        ApduInspector inspector = plain(1);
        inspector.check(hex("6117a109060760857405080101a203020101a305a10302010d"));
        assertThat(inspector.aare().seen()).isTrue();
        assertThat(inspector.aare().accepted()).isFalse();
        assertThat(inspector.aare().diagnostic()).isEqualTo(13);
    }

    @Test
    @DisplayName("DLMS UA Green Book, ciphering example: the printed APDU opens with the printed keys and title")
    void printedCiphering() throws Exception {
        ApduCipher cipher = new ApduCipher(ENCRYPTION_KEY, AUTHENTICATION_KEY);
        cipher.meterTitle(TITLE);
        byte[] apdu = hex("c81e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b");
        assertThat(cipher.open(apdu, 2, apdu.length)).isEqualTo(hex("c0010000080000010000ff0200"));
        assertThatThrownBy(() -> cipher.open(apdu, 2, apdu.length))
                .as("S: the same counter again is a replay")
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("repeated");
    }

    @Test
    @DisplayName("D8: a request sealed again under the next counter says the same; carries included")
    void renumbered() throws Exception {
        RequestCipher requests = new RequestCipher(ENCRYPTION_KEY, AUTHENTICATION_KEY, TITLE);
        byte[] apdu = hex("c81e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b");
        for (int i = 1; i <= 300; i++) {
            apdu = requests.renumbered(apdu);
            assertThat(java.nio.ByteBuffer.wrap(apdu).getInt(3)).isEqualTo(0x01234567 + i);
        }
        ApduCipher cipher = new ApduCipher(ENCRYPTION_KEY, AUTHENTICATION_KEY);
        cipher.meterTitle(TITLE);
        assertThat(cipher.open(apdu, 2, apdu.length)).isEqualTo(hex("c0010000080000010000ff0200"));
        byte[] plain = hex("c00100");
        assertThat(requests.renumbered(plain)).isSameAs(plain);
    }

    @Test
    @DisplayName("D8: numbers are reserved before they go out; a block that does not follow ends the association")
    void reservation() throws Exception {
        long[] next = {0x01234567 - 100};
        boolean[] stranger = {false};
        InvocationCounters counters = new InvocationCounters() {
            @Override
            public long reserve(MeterId meter, int count) {
                next[0] += stranger[0] ? 1 : 0;
                next[0] += count;
                return next[0] - count;
            }

            @Override
            public void atLeast(MeterId meter, long least) {
                next[0] = Math.max(next[0], least);
            }
        };
        RequestCipher requests = new RequestCipher(ENCRYPTION_KEY, AUTHENTICATION_KEY, TITLE);
        CounterBlock block = CounterBlock.reserve(counters, new MeterId("1"), requests);
        byte[] apdu = hex("c81e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b");
        for (int i = 0; i < 200; i++) {
            apdu = block.using(apdu);
            assertThat(java.nio.ByteBuffer.wrap(apdu).getInt(3)).isLessThan((int) next[0]);
        }
        stranger[0] = true;
        byte[] last = apdu;
        assertThatThrownBy(() -> {
                    byte[] more = last;
                    for (int i = 0; i < 200; i++) {
                        more = block.using(more);
                    }
                })
                .isInstanceOfSatisfying(
                        LinkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BROKEN));
    }

    @Test
    @DisplayName("S29: one changed bit, or a lower protection, is never taken")
    void protectionHolds() {
        byte[] apdu = hex("c81e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b");
        for (int bit = 16; bit < apdu.length * 8; bit++) {
            byte[] changed = apdu.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            ApduCipher cipher = new ApduCipher(ENCRYPTION_KEY, AUTHENTICATION_KEY);
            cipher.meterTitle(TITLE);
            assertThatThrownBy(() -> cipher.open(changed, 2, changed.length)).isInstanceOf(LinkException.class);
        }
        ApduInspector ciphered = new ApduInspector(new ApduCipher(ENCRYPTION_KEY, AUTHENTICATION_KEY));
        refused(ciphered, "c401c1000600000001", Kind.GARBLED);
        refused(plain(1), "cc053000000001", Kind.GARBLED);
    }

    @Test
    @DisplayName("D8: the reason of an exception-response is recovered, with the counter the meter has seen")
    void exceptionResponse() {
        refused(plain(1), "d80102", Kind.REFUSED);
        refused(plain(1), "d80105", Kind.UNDECIPHERABLE);
        refused(plain(1), "0e010602", Kind.REFUSED);
        assertThatThrownBy(() -> plain(1).check(hex("d8020600001388")))
                .isInstanceOfSatisfying(
                        LinkException.class, e -> assertThat(e.counter()).isEqualTo(5000));
    }

    @Test
    @DisplayName("as many results as attributes: an empty or short list is refused, in one APDU and in blocks")
    void resultCount() {
        assertThatCode(() -> plain(2).check(hex("c403c102 00 1101 01 04"))).doesNotThrowAnyException();
        refused(plain(3), "c403c102 00 1101 01 04", Kind.GARBLED);
        refused(plain(2), "c403c100", Kind.GARBLED);
        refused(plain(2), "c402c1 01 00000001 00 01 00", Kind.GARBLED);
        refused(plain(2), "c401c100 1101", Kind.GARBLED);
    }

    @Test
    @DisplayName("R44: absurd lengths, depths, tags and tails are refused before anything is allocated")
    void absurd() {
        refused(plain(1), "c401c100 09847fffffff 00", Kind.GARBLED);
        refused(plain(1), "c401c100 01847fffffff 00", Kind.GARBLED);
        refused(plain(1), "c401c100 0988", Kind.GARBLED);
        refused(plain(1), "c401c100 " + "0201".repeat(20) + "00", Kind.GARBLED);
        refused(plain(1), "c401c100 63", Kind.GARBLED);
        refused(plain(1), "c401c100 1101 00", Kind.GARBLED);
        refused(plain(1), "", Kind.GARBLED);
        refused(plain(1), "6184 7fffffff a1", Kind.GARBLED);
        refused(plain(1), "61 07 a2 84 7fffffff 02", Kind.GARBLED);
    }

    @Test
    @DisplayName("R44: blocks come in order and end; a repeated, skipped, broken off or endless transfer is refused")
    void blocks() throws Exception {
        ApduInspector inspector = plain(1);
        inspector.check(hex("c402c1 00 00000001 00 03 090401"));
        inspector.check(hex("c402c1 01 00000002 00 03 020304"));

        ApduInspector repeated = plain(1);
        repeated.check(hex("c402c1 00 00000001 00 02 0904"));
        refused(repeated, "c402c1 00 00000001 00 02 0904", Kind.GARBLED);
        refused(plain(1), "c402c1 00 00000002 00 02 0904", Kind.GARBLED);
        refused(plain(1), "c402c1 00 00000001 01 0f", Kind.REFUSED);
        refused(plain(1), "c402c1 00 00000001 00 00", Kind.GARBLED);

        byte[] block = Arrays.copyOf(hex("c402c1 00 00000001 00 82 ffe0"), 12 + 0xFFE0);
        ApduInspector endless = plain(1);
        assertThatThrownBy(() -> {
                    for (int i = 1; i < 1000; i++) {
                        block[6] = (byte) (i >> 8);
                        block[7] = (byte) i;
                        endless.check(block);
                    }
                })
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("without end");
    }

    @Property(tries = 2000)
    @Label("R44: any bytes are checked or refused, never another exception; a valid head does not help them")
    void noise(@ForAll @Size(max = 300) byte[] noise) {
        for (String head : new String[] {"", "c401c100", "c403c102", "c402c10100000001", "61", "c701c10001", "63"}) {
            byte[] apdu = Arrays.copyOf(hex(head), head.length() / 2 + noise.length);
            System.arraycopy(noise, 0, apdu, head.length() / 2, noise.length);
            try {
                plain(2).check(apdu);
                plain(1).check(apdu);
            } catch (LinkException refused) {
                assertThat(refused.kind()).isNotNull();
            }
        }
    }
}
