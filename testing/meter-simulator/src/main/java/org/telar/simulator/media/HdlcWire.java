package org.telar.simulator.media;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.simulator.apdu.Session;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterSpec;

/** One HDLC line with several meters. A frame for an address that is not on the line is nobody's. */
final class HdlcWire implements Wire {
    private static final int CHUNK = 2048;

    private record Key(int meter, int client) {}

    private final Services services;
    private final Medium medium;
    private final int line;
    private final HdlcDeframer deframer = new HdlcDeframer();
    private final Map<Key, HdlcStation> stations = new HashMap<>();

    HdlcWire(Services services, Medium medium, int line) {
        this.services = services;
        this.medium = medium;
        this.line = line;
    }

    @Override
    public void received(byte[] bytes, int length, Sink sink) throws IOException {
        for (int from = 0; from < length; from += CHUNK) {
            deframer.feed(bytes, from, Math.min(CHUNK, length - from));
            for (Optional<HdlcFrame> frame = deframer.next(); frame.isPresent(); frame = deframer.next()) {
                answer(frame.get(), sink);
            }
        }
    }

    private void answer(HdlcFrame frame, Sink sink) throws IOException {
        if (frame.logical() != MeterSpec.HDLC_LOGICAL) {
            return;
        }
        Fleet fleet = services.fleet();
        List<Meter> called = fleet.all(medium, line, frame.physical());
        List<Meter> speakers = new ArrayList<>();
        List<byte[]> frames = new ArrayList<>();
        for (Meter meter : called) {
            Optional<byte[]> reply = answer(meter, frame, sink);
            if (reply.isPresent()) {
                speakers.add(meter);
                frames.add(reply.get());
            }
        }
        List<byte[]> sent = Answers.collide(frames, fleet.collides(called));
        for (int i = 0; i < sent.size(); i++) {
            services.replies().send(speakers.get(i), Framing.HDLC, frame.raw(), sent.get(i), sink);
        }
    }

    private Optional<byte[]> answer(Meter meter, HdlcFrame frame, Sink sink) {
        if (Answers.deaf(meter)) {
            return Optional.empty();
        }
        // The client address is one byte and addresses without a meter are nobody's: this map is bounded.
        Key key = new Key(meter.spec().number(), frame.client());
        HdlcStation station = stations.computeIfAbsent(
                key, k -> new HdlcStation(new Session(meter, frame.client(), services.pdu(), services.traffic())));
        services.outlets().heard(meter, (client, apdu) -> sink.send(push(frame.server(), client, apdu)));
        return station.handle(frame);
    }

    /** A notification goes in one unnumbered information frame, LLC header included. */
    static byte[] push(byte[] server, int client, byte[] apdu) {
        byte[] info = new byte[3 + apdu.length];
        info[0] = (byte) 0xE6;
        info[1] = (byte) 0xE7;
        System.arraycopy(apdu, 0, info, 3, apdu.length);
        return HdlcFrame.notification(server, client, info);
    }
}
