package org.telar.simulator.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.telar.simulator.fleet.Fault;
import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Faults;

/** What a line does to one reply before it leaves (F23, F24). */
final class LinkFaults {
    private static final int WRAPPER_HEADER = 8;
    private static final int WRAPPER_SOURCE = 3;

    private LinkFaults() {}

    /**
     * The pieces to send, in their order.
     *
     * @param request frame that is answered, flags included; empty if there is none
     * @param reply frame that the meter meant to send
     */
    static List<byte[]> spoil(Faults faults, Framing framing, byte[] request, byte[] reply) {
        if (faults.all().isEmpty()) {
            return List.of(reply);
        }
        if (strikes(faults, FaultKind.DROP_REPLY)) {
            return List.of();
        }
        byte[] spoiled = reply.clone();
        if (framing == Framing.HDLC) {
            hdlc(faults, spoiled);
        } else if (strikes(faults, FaultKind.WRONG_ADDRESS)) {
            spoiled[WRAPPER_SOURCE] ^= 1;
        }
        faults.strikes(FaultKind.BIT_FLIP).ifPresent(fault -> flip(fault, framing, spoiled));
        List<byte[]> pieces = new ArrayList<>();
        if (strikes(faults, FaultKind.ECHO) && request.length > 0) {
            pieces.add(request);
        }
        faults.strikes(FaultKind.NOISE_BEFORE).ifPresent(fault -> pieces.add(noise(fault)));
        boolean cut = strikes(faults, FaultKind.TRUNCATE);
        byte[] sent = cut ? Arrays.copyOf(spoiled, spoiled.length / 2) : spoiled;
        pieces.add(sent);
        if (strikes(faults, FaultKind.DUPLICATE)) {
            pieces.add(sent);
        }
        faults.strikes(FaultKind.NOISE_AFTER).ifPresent(fault -> pieces.add(noise(fault)));
        return pieces;
    }

    private static boolean strikes(Faults faults, FaultKind kind) {
        return faults.strikes(kind).isPresent();
    }

    private static void hdlc(Faults faults, byte[] frame) {
        int header = HdlcFrame.header(frame);
        int control = header;
        if (strikes(faults, FaultKind.WRONG_ADDRESS)) {
            // The last byte of the server address, before the control byte: the address one higher or lower.
            frame[control - 1] ^= 2;
            HdlcFrame.seal(frame, header);
        }
        if (strikes(faults, FaultKind.SEQUENCE)) {
            boolean information = (frame[control] & 1) == 0;
            int step = information ? 0x02 : 0x20;
            int mask = information ? 0x0E : 0xE0;
            frame[control] = (byte) (frame[control] & ~mask | frame[control] + step & mask);
            HdlcFrame.seal(frame, header);
        }
        if (strikes(faults, FaultKind.BAD_HCS)) {
            frame[header + 1] ^= 1;
            HdlcFrame.sealEnd(frame, header);
        }
        if (strikes(faults, FaultKind.BAD_FCS)) {
            frame[frame.length - 2] ^= 1;
        }
    }

    private static void flip(Fault fault, Framing framing, byte[] frame) {
        int from = framing == Framing.WRAPPER ? WRAPPER_HEADER : 0;
        for (int i = 0; i < fault.value() && frame.length > from; i++) {
            frame[from + fault.random(frame.length - from)] ^= (byte) (1 << fault.random(8));
        }
    }

    private static byte[] noise(Fault fault) {
        byte[] noise = new byte[(int) fault.value()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) fault.random(256);
        }
        return noise;
    }
}
