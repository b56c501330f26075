package org.telar.simulator.media;

import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Frames are found in noise, whatever the pieces in which they come (F24 F25, IEC 62056-46 §6.4). */
class HdlcDeframerTest {
    /** SNRM to logical device 1, meter 17, client 16, as computed by hand from the standard. */
    private static final byte[] BODY = {(byte) 0xA0, 0x08, 0x02, 0x23, 0x21, (byte) 0x93};

    private static byte[] snrm() {
        int fcs = Fcs16.of(BODY, 0, BODY.length);
        String hex = "7E" + HexFormat.of().formatHex(BODY) + String.format("%02X%02X", fcs & 0xFF, fcs >>> 8) + "7E";
        return HexFormat.of().parseHex(hex);
    }

    /** The check value of CRC-16/X-25, as published for "123456789". */
    @Test
    @DisplayName("the frame check sequence is that of ISO/IEC 13239")
    void checkValue() {
        assertThat(Fcs16.of("123456789".getBytes(), 0, 9)).isEqualTo(0x906E);
    }

    @Test
    @DisplayName("F25: one byte at a time")
    void byteByByte() {
        HdlcDeframer deframer = new HdlcDeframer();
        byte[] frame = snrm();
        for (int i = 0; i < frame.length - 1; i++) {
            deframer.feed(frame, i, 1);
            assertThat(deframer.next()).isEmpty();
        }
        deframer.feed(frame, frame.length - 1, 1);
        HdlcFrame found = deframer.next().orElseThrow();
        assertThat(found.logical()).isEqualTo(1);
        assertThat(found.physical()).isEqualTo(17);
        assertThat(found.client()).isEqualTo(16);
        assertThat(found.poll()).isTrue();
    }

    @Test
    @DisplayName(
            "F24: every good frame between pieces of noise and cut frames is found, and nothing else; memory stays bounded")
    void noise() {
        Random random = new Random(24);
        HdlcDeframer deframer = new HdlcDeframer();
        byte[] frame = snrm();
        int found = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            deframer.feed(noise, 0, noise.length);
            deframer.feed(frame, 0, random.nextInt(frame.length - 1));
            deframer.feed(frame, 0, frame.length);
            for (Optional<HdlcFrame> next = deframer.next(); next.isPresent(); next = deframer.next()) {
                assertThat(next.get().physical()).isEqualTo(17);
                found++;
            }
        }
        assertThat(found).isEqualTo(2000);
    }
}
