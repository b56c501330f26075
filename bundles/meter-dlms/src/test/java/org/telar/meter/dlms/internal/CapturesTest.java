package org.telar.meter.dlms.internal;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.meter.dlms.internal.Notifications.Item;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames of real meters, as their owners published them from the customer port (HAN) of Norwegian meters: Kaifa MA304H3E
 * (toreamun/amshan, tests of meterdecode), Aidon 6525 and Kamstrup Omnipower (u9n/hanporten and its neighbours). Nothing
 * here comes from our own simulator.
 */
class CapturesTest {
    /** Kaifa, list 1: the bytes of a flag stand inside of the frame. Date-time with a tag of its own. */
    private static final String KAIFA =
            "7ea027010201105a87e6e7000f40000000090c07e4020f06011922ff8000000201060000157eea5e7e";

    /** Kaifa, list 2: version, meter id, type, power, currents, voltages. */
    private static final String KAIFA_LIST_2 =
            "7ea079010201108093e6e7000f40000000090c07e4020f06010832ff800000020d09074b464d5f3030310910363937303633313430"
                    + "3236313434373609084d413330344833450600001fbf0600000000060000000006000001c406000089540600007fcd06000014b8"
                    + "060000085406000000000600000893384f7e";

    /** Aidon, list 1: no date-time, an array of one structure. */
    private static final String AIDON =
            "7ea02a410883130413e6e7000f40000000000101020309060100010700ff0600001d3a02020f00161b16f97e";

    /** Kamstrup, list 1: date-time without a tag, a structure of texts, names and numbers. */
    private static final String KAMSTRUP =
            "7ea0e22b2113239ae6e7000f000000000c07e6011801123a32ff80000002190a0e4b616d73747275705f563030303109060101000005"
                    + "ff0a103537303635363733323635393034303709060101600101ff0a1236383431313338424e3234353130313039300906010101"
                    + "0700ff060000033a09060101020700ff060000000009060101030700ff060000006809060101040700ff06000000b00906010"
                    + "11f0700ff06000000ed09060101330700ff060000005909060101470700ff060000004b09060101200700ff1200e809060101"
                    + "340700ff1200e909060101480700ff1200ec84467e";

    private static HdlcFrame frame(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        HdlcDecoder decoder = new HdlcDecoder();
        // In pieces, as a serial line brings them.
        for (byte b : bytes) {
            decoder.feed(new byte[] {b}, 1);
        }
        HdlcFrame frame = decoder.next();
        assertThat(frame).as("check sequences of a real meter").isNotNull();
        assertThat(frame.toServer()).isFalse();
        assertThat(frame.information()).startsWith(0xE6, 0xE7, 0x00);
        return frame;
    }

    private static Notifications.Content content(String hex) throws LinkException {
        byte[] information = frame(hex).information();
        return Notifications.parse(java.util.Arrays.copyOfRange(information, 3, information.length));
    }

    @Test
    @DisplayName("D16 IEC 62056-46 §6.4: a Kaifa frame with a flag's byte inside, date-time with its tag")
    void kaifa() throws Exception {
        assertThat(frame(KAIFA).server()).isEqualTo(new byte[] {2, 1});
        Notifications.Content content = content(KAIFA);
        assertThat(CosemTime.of(content.time()).orElseThrow().local())
                .isEqualTo(LocalDateTime.of(2020, 2, 15, 1, 25, 34));
        assertThat(content.items()).singleElement().satisfies(i -> assertThat(i.word())
                .isEqualTo(0x157E));
    }

    @Test
    @DisplayName("D16: a Kaifa list of texts and numbers")
    void kaifaList() throws Exception {
        List<Item> items = content(KAIFA_LIST_2).items();
        assertThat(items).hasSize(13);
        assertThat(new String(items.get(0).content(), StandardCharsets.US_ASCII))
                .isEqualTo("KFM_001");
        assertThat(new String(items.get(2).content(), StandardCharsets.US_ASCII))
                .isEqualTo("MA304H3E");
        assertThat(items.get(3).word()).as("active power, W").isEqualTo(8127);
        assertThat(items.get(10).word()).as("voltage, 0.1 V").isEqualTo(2132);
    }

    @Test
    @DisplayName("D16: an Aidon frame, unnumbered, without date-time")
    void aidon() throws Exception {
        HdlcFrame frame = frame(AIDON);
        assertThat(frame.unnumbered()).isEqualTo(HdlcFrame.UI);
        Notifications.Content content = content(AIDON);
        assertThat(content.time()).isEmpty();
        assertThat(content.items())
                .singleElement()
                .satisfies(i -> assertThat(i.isWord()).as("an array is no word").isFalse());
    }

    @Test
    @DisplayName("D16: a Kamstrup frame, date-time without a tag, 25 elements")
    void kamstrup() throws Exception {
        Notifications.Content content = content(KAMSTRUP);
        assertThat(CosemTime.of(content.time()).orElseThrow().local())
                .isEqualTo(LocalDateTime.of(2022, 1, 24, 18, 58, 50));
        assertThat(content.items()).hasSize(25);
        assertThat(content.items().get(6).word()).as("active power, W").isEqualTo(826);
        assertThat(content.items().get(20).word()).as("voltage, V").isEqualTo(232);
    }
}
