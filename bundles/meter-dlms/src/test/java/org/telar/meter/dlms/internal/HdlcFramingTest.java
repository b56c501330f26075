package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** HDLC frames against printed examples, and a decoder that garbage cannot confuse for longer than itself (R44). */
class HdlcFramingTest {
    /** Frames as the standard's companion text and vendors' manuals print them: client 16, server 1. */
    private static final String SNRM = "7ea00703219 30f017e".replace(" ", "");

    private static final String UA =
            "7ea01e210373c37a8180120501800601800704000000010804000000 01533b7e".replace(" ", "");
    private static final String DISC = "7ea0070321530 3c77e".replace(" ", "");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    @DisplayName("IEC 62056-46 annex: the check sequence of \"123456789\" is 0x906E (CRC-16/X.25)")
    void checkSequence() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(Fcs.of(digits, 0, digits.length)).isEqualTo(0x906E);
    }

    @Test
    @DisplayName("IEC 62056-46 §6.4: SNRM and DISC are built as printed")
    void requests() {
        byte[] server = new MeterAddress.Hdlc(1, 0, 1).encoded();
        assertThat(HdlcFrame.request(server, 16, HdlcFrame.SNRM | HdlcFrame.PF, false, new byte[0])
                        .encoded())
                .isEqualTo(hex(SNRM));
        assertThat(HdlcFrame.request(server, 16, HdlcFrame.DISC | HdlcFrame.PF, false, new byte[0])
                        .encoded())
                .isEqualTo(hex(DISC));
    }

    @Test
    @DisplayName("IEC 62056-46 §6.4.4.4.3.2: the printed UA is understood: 128 bytes both ways")
    void unnumberedAcknowledge() throws Exception {
        HdlcDecoder decoder = new HdlcDecoder();
        decoder.feed(hex(UA), hex(UA).length);
        HdlcFrame ua = decoder.next();
        assertThat(ua.unnumbered()).isEqualTo(HdlcFrame.UA);
        assertThat(ua.from(new byte[] {3}, 16)).isTrue();
        assertThat(HdlcNegotiation.answered(ua.information(), 2030)).isEqualTo(new HdlcNegotiation(128, 128));
    }

    @Test
    @DisplayName("IEC 62056-46 §6.4.2.3: addresses of one, two and four bytes")
    void addresses() {
        assertThat(((MeterAddress.Hdlc) MeterAddress.parse("hdlc:1")).encoded()).isEqualTo(hex("03"));
        assertThat(((MeterAddress.Hdlc) MeterAddress.parse("hdlc:1/17")).encoded())
                .isEqualTo(hex("0223"));
        assertThat(((MeterAddress.Hdlc) MeterAddress.parse("hdlc:1/17/4")).encoded())
                .isEqualTo(hex("00020023"));
        // IEC 62056-46 example: upper 0x1234, lower 0x3FFF in four bytes.
        assertThat(((MeterAddress.Hdlc) MeterAddress.parse("hdlc:4660/16383")).encoded())
                .isEqualTo(hex("4868feff"));
    }

    @Provide
    Arbitrary<HdlcFrame> frames() {
        Arbitrary<byte[]> servers = Arbitraries.of(
                new MeterAddress.Hdlc(1, 0, 1).encoded(),
                new MeterAddress.Hdlc(1, 17, 2).encoded(),
                new MeterAddress.Hdlc(1, 1000, 4).encoded());
        Arbitrary<byte[]> information = Arbitraries.bytes().array(byte[].class).ofMaxSize(2030);
        return Combinators.combine(
                        servers, Arbitraries.integers().between(1, 127), information, Arbitraries.of(true, false))
                .as((server, client, info, more) -> new HdlcFrame(server, client, false, 0x10, more, info));
    }

    @Property(tries = 300)
    @Label("R44: after any garbage the next frame is found, however the bytes are cut")
    void resynchronises(
            @ForAll("frames") HdlcFrame frame,
            @ForAll @Size(max = 200) byte[] garbage,
            @ForAll @IntRange(min = 1, max = 300) int cut) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(garbage);
        line.writeBytes(frame.encoded());
        assertThat(decoded(line.toByteArray(), cut)).contains(frame);
    }

    @Property(tries = 200)
    @Label("R44: a frame cut short costs at most itself; frames may share a flag")
    void truncatedThenWhole(@ForAll("frames") HdlcFrame first, @ForAll("frames") HdlcFrame second) {
        byte[] cut = first.encoded();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.write(cut, 0, cut.length / 2);
        line.writeBytes(second.encoded());
        line.write(second.encoded(), 1, second.encoded().length - 1);
        HdlcDecoder decoder = new HdlcDecoder();
        List<HdlcFrame> found = new ArrayList<>();
        byte[] bytes = line.toByteArray();
        decoder.feed(bytes, bytes.length);
        for (int waits = 0; waits < 3; waits++) {
            for (HdlcFrame f = decoder.next(); f != null; f = decoder.next()) {
                found.add(f);
            }
            decoder.abandon();
        }
        assertThat(found).contains(second, second);
    }

    @Property(tries = 200)
    @Label("R44: one wrong bit and the frame is not taken")
    void damagedFrameIsRefused(@ForAll("frames") HdlcFrame frame, @ForAll @IntRange(max = 1_000_000) int where) {
        byte[] bytes = frame.encoded();
        int bit = 8 + where % ((bytes.length - 2) * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(decoded(bytes, bytes.length)).isEmpty();
    }

    @Property(tries = 300)
    @Label("R44: random bytes never yield an exception; negotiation parameters neither")
    void noise(@ForAll @Size(max = 5000) byte[] noise) {
        assertThat(decoded(noise, 700).size()).isLessThan(3);
        try {
            HdlcNegotiation limits = HdlcNegotiation.answered(noise, 2030);
            assertThat(limits.transmit()).isBetween(1, 2030);
            assertThat(limits.receive()).isBetween(1, 2030);
        } catch (LinkException refused) {
            assertThat(refused.kind()).isEqualTo(LinkException.Kind.GARBLED);
        }
    }

    private static List<HdlcFrame> decoded(byte[] bytes, int cut) {
        HdlcDecoder decoder = new HdlcDecoder();
        List<HdlcFrame> found = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += cut) {
            byte[] part = java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + cut));
            decoder.feed(part, part.length);
            for (HdlcFrame f = decoder.next(); f != null; f = decoder.next()) {
                found.add(f);
            }
        }
        // Silence on the line: what is still open is given up, piece by piece.
        for (int i = 0; i < 50; i++) {
            decoder.abandon();
            for (HdlcFrame f = decoder.next(); f != null; f = decoder.next()) {
                found.add(f);
            }
        }
        return found;
    }
}
