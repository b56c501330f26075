package org.telar.simulator.apdu;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

import gurux.dlms.GXByteBuffer;
import org.telar.simulator.cosem.Axdr;

/** reply_to_HLS_authentication: method 1 of the current association, class 15. */
final class HlsAction {
    private static final byte[] TARGET = {0, 15, 0, 0, 40, 0, 0, (byte) 255, 1, 1};
    private static final int HEADER = 3;
    private static final byte OTHER_REASON = (byte) 250;

    private HlsAction() {}

    /** The client's {@code f(StoC)}; empty if this is another request. */
    static Optional<byte[]> answer(byte[] request) {
        int end = HEADER + TARGET.length;
        boolean right = request.length > end
                && (request[0] & 0xFF) == Tag.ACTION_REQUEST
                && request[1] == 1
                && Arrays.equals(request, HEADER, end, TARGET, 0, TARGET.length);
        if (!right) {
            return Optional.empty();
        }
        GXByteBuffer data = new GXByteBuffer(Arrays.copyOfRange(request, end, request.length));
        try {
            return Axdr.read(data) instanceof byte[] bytes ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static byte[] accepted(byte[] request, byte[] proof) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) Tag.ACTION_RESPONSE, 1, request[2], 0, 1, 0});
        out.writeBytes(new Axdr().octets(proof).bytes());
        return out.toByteArray();
    }

    static byte[] refused(byte[] request) {
        return new byte[] {(byte) Tag.ACTION_RESPONSE, 1, request[2], OTHER_REASON, 0};
    }
}
