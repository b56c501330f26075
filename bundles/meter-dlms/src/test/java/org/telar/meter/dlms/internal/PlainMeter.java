package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The other side of a wrapper channel: a meter without security that answers GETs from a table of bytes. Only as much
 * of the protocol as these tests need, written byte by byte.
 */
final class PlainMeter implements Function<byte[], List<byte[]>> {
    private static final HexFormat HEX = HexFormat.of();

    /** The AARE that the standard prints; it grants GET, lists and selective access. */
    private static final byte[] AARE =
            HEX.parseHex("6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f0400007e1f04b00007");

    private static final byte[] RLRE = HEX.parseHex("6303800100");
    private static final byte[] REFUSED = HEX.parseHex("d80102");

    /** Class, logical name and attribute as hexadecimal, to data as hexadecimal. */
    final Map<String, String> objects = new HashMap<>();

    int listLimit = 64;
    byte[] before = {};
    final List<Integer> listSizes = new ArrayList<>();

    @Override
    public List<byte[]> apply(byte[] frame) {
        int client = ByteBuffer.wrap(frame).getShort(2);
        int device = ByteBuffer.wrap(frame).getShort(4);
        byte[] answer = answer(java.util.Arrays.copyOfRange(frame, 8, frame.length));
        List<byte[]> out = new ArrayList<>();
        if (before.length > 0) {
            out.add(wrapped(device, client, before));
        }
        out.add(wrapped(device, client, answer));
        return out;
    }

    static byte[] wrapped(int source, int destination, byte[] apdu) {
        return ByteBuffer.allocate(8 + apdu.length)
                .putShort((short) 1)
                .putShort((short) source)
                .putShort((short) destination)
                .putShort((short) apdu.length)
                .put(apdu)
                .array();
    }

    private byte[] answer(byte[] apdu) {
        return switch (apdu[0] & 0xFF) {
            case 0x60 -> AARE;
            case 0x62 -> RLRE;
            case 0xC0 -> get(ByteBuffer.wrap(apdu));
            default -> REFUSED;
        };
    }

    private static void skipSelection(ByteBuffer in) {
        try {
            Axdr selection = new Axdr(in.array(), in.position() + 1, in.limit());
            selection.data();
            in.position(selection.position());
        } catch (LinkException e) {
            throw new AssertionError("the request is broken", e);
        }
    }

    private byte[] get(ByteBuffer in) {
        in.get();
        int kind = in.get();
        int invokeId = in.get();
        int count = kind == 3 ? in.get() : 1;
        listSizes.add(count);
        if (count > listLimit) {
            return REFUSED;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xC4);
        out.write(kind);
        out.write(invokeId);
        if (kind == 3) {
            out.write(count);
        }
        for (int i = 0; i < count; i++) {
            byte[] descriptor = new byte[9];
            in.get(descriptor);
            if (in.get() == 1) {
                skipSelection(in);
            }
            String data = objects.get(HEX.formatHex(descriptor));
            out.write(data == null ? 1 : 0);
            out.writeBytes(data == null ? new byte[] {4} : HEX.parseHex(data));
        }
        return out.toByteArray();
    }
}
