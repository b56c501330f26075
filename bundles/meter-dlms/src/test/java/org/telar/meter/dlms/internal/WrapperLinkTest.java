package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.meter.dlms.internal.LinkException.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The DLMS wrapper (IEC 62056-47) against printed bytes and noise (R41, R44). */
class WrapperLinkTest {
    private static final MeterAddress.Wrapper DEVICE = new MeterAddress.Wrapper(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** AARQ without security, as the standard prints it (IEC 62056-53 annex), behind the wrapper's header. */
    private static final byte[] AARQ =
            HexFormat.of().parseHex("601da109060760857405080101be10040e01000000065f1f0400007e1f04b0");

    private static byte[] wrapped(int source, int destination, byte[] apdu) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int word : new int[] {1, source, destination, apdu.length}) {
            out.write(word >> 8);
            out.write(word);
        }
        out.writeBytes(apdu);
        return out.toByteArray();
    }

    private static WrapperLink link(ScriptedChannel channel) {
        return new WrapperLink(channel, 16, DEVICE, TIMEOUT);
    }

    @Test
    @DisplayName("IEC 62056-47 §4.3: version 1, source, destination, length, in one write")
    void header() throws Exception {
        ScriptedChannel channel = new ScriptedChannel(written -> List.of());
        link(channel).send(AARQ);
        assertThat(channel.written)
                .containsExactly(HexFormat.of()
                        .parseHex("000100100001001f" + HexFormat.of().formatHex(AARQ)));
    }

    @Test
    @DisplayName("R41: late answers of other meters, of other clients and from before the request are left aside")
    void others() throws Exception {
        byte[] mine = {(byte) 0xC4, 1, 2, 3};
        ScriptedChannel channel = new ScriptedChannel(written ->
                List.of(wrapped(2, 16, new byte[] {9, 9}), wrapped(1, 17, new byte[] {8}), wrapped(1, 16, mine)));
        channel.push(wrapped(1, 16, new byte[] {7, 7, 7}));
        WrapperLink link = link(channel);
        link.send(AARQ);
        assertThat(link.receive()).isEqualTo(mine);
    }

    @Test
    @DisplayName("R44: silence is SILENT; half an answer too, with what came in the message")
    void silence() throws Exception {
        WrapperLink mute = link(new ScriptedChannel(written -> List.of()));
        mute.send(AARQ);
        assertThatThrownBy(mute::receive).isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.SILENT));

        WrapperLink half = link(new ScriptedChannel(written -> List.of(Arrays.copyOf(wrapped(1, 16, AARQ), 20))));
        half.send(AARQ);
        assertThatThrownBy(half::receive).isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.SILENT));
    }

    @Test
    @DisplayName("Scheduling 4: after the association the wait is that of answers with data")
    void waitChanges() throws Exception {
        WrapperLink mute = link(new ScriptedChannel(written -> List.of()));
        mute.waitFor(TIMEOUT.dividedBy(2));
        mute.send(AARQ);
        assertThatThrownBy(mute::receive)
                .hasMessageContaining("within " + TIMEOUT.dividedBy(2).toMillis() + " ms");
    }

    @Test
    @DisplayName("R44: garbage without end is cut off, the memory for it is bounded")
    void flood() throws Exception {
        byte[] garbage = new byte[4096];
        Arrays.fill(garbage, (byte) 0x55);
        byte[][] line = new byte[100][];
        Arrays.fill(line, garbage);
        WrapperLink link = link(new ScriptedChannel(written -> List.of(line)));
        link.send(AARQ);
        assertThatThrownBy(link::receive).isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.GARBLED));
    }

    @Property(tries = 300)
    @Label("R44: behind any garbage, cut anywhere, the meter's APDU is found")
    void resynchronises(
            @ForAll @Size(max = 300) byte[] garbage,
            @ForAll @Size(min = 1, max = 500) byte[] apdu,
            @ForAll @IntRange(min = 1, max = 99) int cut) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(garbage);
        line.writeBytes(wrapped(1, 16, apdu));
        byte[] bytes = line.toByteArray();
        WrapperDecoder decoder = new WrapperDecoder(1, 16, ApduLink.MAX_APDU);
        byte[] found = null;
        for (int from = 0; from < bytes.length; from += cut) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + cut));
            decoder.feed(part, part.length);
            byte[] next = decoder.next();
            found = next == null ? found : next;
        }
        assertThat(found).isEqualTo(apdu);
    }
}
