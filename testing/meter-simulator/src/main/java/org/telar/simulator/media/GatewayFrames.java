package org.telar.simulator.media;

import java.io.IOException;
import java.util.Optional;

import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/**
 * Meters behind a gateway: the content of each wrapper frame is {@code E6}, network id, address length, address, APDU;
 * answers have {@code E7} and the address of the meter that speaks. The wrapper's addresses are those of the client and
 * of the logical device in the meter.
 */
final class GatewayFrames implements FrameHandler {
    /** The one network behind the gateway. */
    static final int NETWORK = 1;
    /** Bytes of an address that the gateway writes on its own. */
    static final int ADDRESS = 4;

    private static final int REQUEST = 0xE6;
    private static final int RESPONSE = 0xE7;
    private static final int HEADER = 3;
    private static final int MAX_ADDRESS = 8;
    private static final int LOGICAL_DEVICE = 1;

    private final Services services;
    private final Answers answers;

    GatewayFrames(Services services) {
        this.services = services;
        this.answers = new Answers(services.pdu(), services.traffic());
    }

    @Override
    public void handle(WrapperFrame frame, Wire.Sink sink) throws IOException {
        byte[] content = frame.content();
        int length = content.length < HEADER ? 0 : content[2] & 0xFF;
        boolean known = length >= 1
                && length <= MAX_ADDRESS
                && content.length >= HEADER + length
                && (content[0] & 0xFF) == REQUEST
                && content[1] == NETWORK;
        if (!known) {
            return;
        }
        long address = 0;
        for (int i = 0; i < length; i++) {
            address = address << 8 | content[HEADER + i] & 0xFF;
        }
        byte[] apdu = java.util.Arrays.copyOfRange(content, HEADER + length, content.length);
        if (address < 0 || address > Integer.MAX_VALUE) {
            return;
        }
        for (Meter meter : services.fleet().all(Medium.GATEWAY, 0, (int) address)) {
            int id = (int) address;
            services.outlets().heard(meter, (client, push) -> sink.send(frame(id, client, push)));
            Optional<byte[]> answer = answers.answer(meter, frame.source(), apdu);
            if (answer.isPresent()) {
                byte[] body = new byte[HEADER + length + answer.get().length];
                System.arraycopy(content, 0, body, 0, HEADER + length);
                body[0] = (byte) RESPONSE;
                System.arraycopy(answer.get(), 0, body, HEADER + length, answer.get().length);
                byte[] reply = new WrapperFrame(frame.destination(), frame.source(), body).bytes();
                services.replies().send(meter, Framing.WRAPPER, frame.bytes(), reply, sink);
            }
        }
    }

    /** A frame that a meter behind the gateway sends on its own. */
    static byte[] frame(int address, int client, byte[] apdu) {
        byte[] body = new byte[HEADER + ADDRESS + apdu.length];
        body[0] = (byte) RESPONSE;
        body[1] = NETWORK;
        body[2] = ADDRESS;
        for (int i = 0; i < ADDRESS; i++) {
            body[HEADER + i] = (byte) (address >> 8 * (ADDRESS - 1 - i));
        }
        System.arraycopy(apdu, 0, body, HEADER + ADDRESS, apdu.length);
        return new WrapperFrame(LOGICAL_DEVICE, client, body).bytes();
    }
}
