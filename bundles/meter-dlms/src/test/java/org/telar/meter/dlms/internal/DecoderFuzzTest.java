package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.ModelMemory;
import org.telar.api.meter.Push;
import org.telar.api.meter.PushListener.Sender;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No bytes harm a decoder: whatever comes is a result or a {@link LinkException}, soon, and a good frame after it is
 * found. Inputs that once did harm, or nearly, are kept in {@code corpus}: one a file, in hexadecimal, told in its name.
 */
class DecoderFuzzTest {
    private static final HexFormat HEX = HexFormat.of();

    /** Frames and APDUs that are right, to be spoiled. */
    private static final List<String> GOOD = List.of(
            "0f40000000090c07e4020f06011922ff8000000201060000157e",
            "0f000000010c07ea0b1405000f000000b48002050906000419090"
                    + "0ff0904544c4131090c07ea0b1405000f000000b480060000000506" + "00000009",
            "c2010c07ea0b1405000f000000b48000010000616200ff020600000009",
            "c2000001000061" + "6200ff020600000009",
            "db08544c520000000001" + "1e30000000010102030405060708090a0b0c0d0e0f101112131415161718",
            "ca1e30000000010102030405060708090a0b0c0d0e0f101112131415161718",
            "c401c10001020203090c07ea0b1405000f000000b480110012000a0203001100120000",
            "c403c1020009040102030400" + "0600000005",
            "c402c100000000010004020009040102030400",
            "6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f0400007e1f04b00007",
            "d8020600000010",
            "e70104000003e9c2000001000061" + "6200ff020600000009");

    private final List<Push> pushes = new ArrayList<>();
    private final PushDesk desk = desk();

    private PushDesk desk() {
        ModelMemory nothing = new ModelMemory() {
            @Override
            public Optional<String> recall(String key) {
                return Optional.empty();
            }

            @Override
            public void remember(String key, String value) {}

            @Override
            public void forget(String key) {}
        };
        PushDesk made = new PushDesk(nothing, Clock.systemUTC());
        made.listener(pushes::add);
        return made;
    }

    private static final Sender SENDER = new Sender(
            new Meter(
                    new MeterId("1"),
                    "dlms",
                    "M",
                    "TLA1",
                    "line",
                    "wrapper:1",
                    1,
                    Authentication.HLS5,
                    ZoneId.of("America/Santiago"),
                    Map.of()),
            new MeterKeys(new byte[0], new byte[16], new byte[16]));

    @Provide
    Arbitrary<byte[]> spoiled() {
        Arbitrary<byte[]> good = Arbitraries.of(GOOD).map(HEX::parseHex);
        Arbitrary<int[]> places =
                Arbitraries.integers().between(0, 1 << 20).array(int[].class).ofMaxSize(6);
        Arbitrary<byte[]> values = Arbitraries.oneOf(
                        Arbitraries.bytes(), Arbitraries.of((byte) 0x7F, (byte) 0x80, (byte) 0x84, (byte) 0xFF))
                .array(byte[].class)
                .ofSize(6);
        Arbitrary<Integer> cut = Arbitraries.integers().between(0, 40);
        return Combinators.combine(good, places, values, cut).as((bytes, where, what, less) -> {
            byte[] out = Arrays.copyOf(bytes, Math.max(1, bytes.length - (less > 20 ? 0 : less)));
            for (int i = 0; i < where.length; i++) {
                out[where[i] % out.length] = what[i];
            }
            return out;
        });
    }

    @Property(tries = 1500)
    @Label("R44: a spoiled APDU is a result or a LinkException in every decoder, and every push is handed on")
    void spoiledApdus(@ForAll("spoiled") byte[] apdu) {
        harmless(apdu);
    }

    @Property(tries = 500)
    @Label("R44: so are random bytes")
    void noise(@ForAll @Size(max = 400) byte[] noise) {
        harmless(noise);
    }

    /** Runs every decoder over the bytes, as an APDU and as what a line brings. */
    private void harmless(byte[] bytes) {
        for (boolean ciphered : new boolean[] {false, true}) {
            ApduInspector inspector = new ApduInspector(ciphered ? new ApduCipher(new byte[16], new byte[16]) : null);
            inspector.expect(2);
            refusesAtMost(() -> inspector.check(bytes));
            refusesAtMost(() -> inspector.isOld(bytes));
        }
        refusesAtMost(() -> Notifications.parse(bytes.length == 0 ? new byte[] {0} : bytes));
        GatewayHeader.read(bytes);
        int before = pushes.size();
        if (bytes.length > 0) {
            desk.take(SENDER, "wrapper:1", bytes);
            assertThat(pushes).as("never dropped").hasSize(before + 1);
        }
        lineIsFoundAgain(bytes);
    }

    private interface Decoding {
        void run() throws LinkException;
    }

    private static void refusesAtMost(Decoding decoding) {
        try {
            decoding.run();
        } catch (LinkException refused) {
            assertThat(refused.kind()).isNotNull();
        }
    }

    private static void lineIsFoundAgain(byte[] bytes) {
        byte[] good = PlainMeter.wrapped(1, 16, new byte[] {(byte) 0xC4, 1, (byte) 0xC1, 0, 0});
        WrapperDecoder wrapper = new WrapperDecoder(1, 16, ApduLink.MAX_APDU);
        wrapper.feed(bytes, bytes.length);
        for (byte[] a = wrapper.next(); a != null; a = wrapper.next()) {
            assertThat(a).isNotEmpty();
        }
        byte[] frame = HdlcFrame.request(new byte[] {3}, 16, 0x10, false, good).encoded();
        HdlcDecoder hdlc = new HdlcDecoder();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(bytes);
        line.writeBytes(frame);
        hdlc.feed(line.toByteArray(), line.size());
        boolean found = false;
        for (int i = 0; i <= bytes.length && !found; i++) {
            for (HdlcFrame f = hdlc.next(); f != null; f = hdlc.next()) {
                found |= Arrays.equals(f.encoded(), frame);
            }
            hdlc.abandon();
        }
        assertThat(found).as("the frame after %s", HEX.formatHex(bytes)).isTrue();
    }

    @Property(tries = 300)
    @Label("D16 R44: between garbage and neighbours' pushes, our frame is found and the push is handed on")
    void pushesBetween(
            @ForAll @Size(max = 60) byte[] garbage,
            @ForAll @IntRange(min = 2, max = 0xFFFF) int neighbour,
            @ForAll @IntRange(min = 1, max = 200) int cut) {
        byte[] push = HEX.parseHex(GOOD.get(1));
        byte[] ours = {(byte) 0xC4, 1, (byte) 0xC1, 0, 0};
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        // No frame begins in it: a header could announce what follows as its own.
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] |= (byte) 0x40;
        }
        line.writeBytes(garbage);
        line.writeBytes(PlainMeter.wrapped(neighbour, 1, push));
        line.writeBytes(PlainMeter.wrapped(1, 16, ours));
        List<byte[]> foreign = new ArrayList<>();
        WrapperDecoder decoder = new WrapperDecoder(1, 16, ApduLink.MAX_APDU, (source, apdu) -> {
            assertThat(source).isEqualTo(neighbour);
            foreign.add(apdu);
        });
        byte[] bytes = line.toByteArray();
        List<byte[]> found = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += cut) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + cut));
            decoder.feed(part, part.length);
            for (byte[] a = decoder.next(); a != null; a = decoder.next()) {
                found.add(a);
            }
        }
        assertThat(found).hasSize(1);
        assertThat(found.get(0)).isEqualTo(ours);
        assertThat(foreign).hasSize(1);
        assertThat(foreign.get(0)).isEqualTo(push);
    }

    @Test
    @DisplayName("R44: inputs that once did harm do none")
    void corpus() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of("src", "test", "resources", "corpus"))) {
            files = all.sorted().toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            harmless(hex(file));
        }
    }

    private static byte[] hex(Path file) throws IOException {
        return HEX.parseHex(Files.readString(file, StandardCharsets.US_ASCII).replaceAll("\\s", ""));
    }
}
