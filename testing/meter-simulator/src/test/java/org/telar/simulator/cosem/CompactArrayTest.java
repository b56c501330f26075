package org.telar.simulator.cosem;

import java.util.HexFormat;
import java.util.List;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.internal.GXCommon;
import gurux.dlms.internal.GXDataInfo;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.simulator.cosem.CompactArray.Type;

import static org.assertj.core.api.Assertions.assertThat;

/** Compact arrays against bytes written by hand from the ASN.1 of IEC 62056-5-3 §8: tag 19, type description, contents. */
class CompactArrayTest {
    private static String hex(CompactArray array) {
        return HexFormat.of().withUpperCase().formatHex(array.bytes());
    }

    @Test
    @DisplayName("R41: structure {octet-string, unsigned, long-unsigned, double-long-unsigned}, two elements, by hand")
    void byHand() {
        CompactArray array = new CompactArray(List.of(Type.OCTETS, Type.UINT8, Type.UINT16, Type.UINT32));
        array.octets(new byte[] {0x07, (byte) 0xEA});
        array.number(Type.UINT8, 0x88);
        array.number(Type.UINT16, 0xABCD);
        array.number(Type.UINT32, 0xFEDC_BA98L);
        array.octets(new byte[0]);
        array.number(Type.UINT8, 0);
        array.number(Type.UINT16, 1);
        array.number(Type.UINT32, 2);
        assertThat(hex(array))
                .isEqualTo(
                        "13" // compact-array
                                + "0204" // structure of four
                                + "09" + "11" + "12" + "06" // their tags
                                + "12" // 18 bytes of contents
                                + "0207EA" + "88" + "ABCD" + "FEDCBA98" // first element
                                + "00" + "00" + "0001" + "00000002"); // second element
        List<?> rows = (List<?>) GXCommon.getData(null, new GXByteBuffer(array.bytes()), new GXDataInfo());
        assertThat(rows).as("Gurux decodes two rows").hasSize(2);
        List<?> first = (List<?>) rows.get(0);
        assertThat(((Number) first.get(2)).intValue()).isEqualTo(0xABCD);
        assertThat(((Number) first.get(3)).longValue()).isEqualTo(0xFEDC_BA98L);
    }

    @Test
    @DisplayName("R41: null-data takes no bytes; no element at all; lengths of one, two and three bytes")
    void lengths() {
        CompactArray nothing = new CompactArray(List.of(Type.NOTHING, Type.UINT8));
        nothing.number(Type.NOTHING, 5);
        nothing.number(Type.UINT8, 7);
        assertThat(hex(nothing)).isEqualTo("13020200110107");
        assertThat(hex(new CompactArray(List.of(Type.UINT8)))).isEqualTo("1302011100");
        assertThat(hex(bytes(0x80))).startsWith("1302011181" + "80");
        assertThat(hex(bytes(0x100))).startsWith("1302011182" + "0100");
        assertThat(hex(bytes(0x1_0000))).startsWith("1302011183" + "010000");
    }

    private static CompactArray bytes(int count) {
        CompactArray array = new CompactArray(List.of(Type.UINT8));
        for (int i = 0; i < count; i++) {
            array.number(Type.UINT8, i);
        }
        return array;
    }
}
