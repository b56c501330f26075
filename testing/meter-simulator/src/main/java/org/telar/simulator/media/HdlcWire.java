package org.telar.simulator.media;

import java.io.IOException;
import java.util.HashMap;
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

    private record Key(int physical, int client) {}

    private final Fleet fleet;
    private final Medium medium;
    private final int line;
    private final int pdu;
    private final Traffic traffic;
    private final HdlcDeframer deframer = new HdlcDeframer();
    private final Map<Key, HdlcStation> stations = new HashMap<>();

    HdlcWire(Fleet fleet, Medium medium, int line, int pdu, Traffic traffic) {
        this.fleet = fleet;
        this.medium = medium;
        this.line = line;
        this.pdu = pdu;
        this.traffic = traffic;
    }

    @Override
    public void received(byte[] bytes, int length, Sink sink) throws IOException {
        for (int from = 0; from < length; from += CHUNK) {
            deframer.feed(bytes, from, Math.min(CHUNK, length - from));
            for (Optional<HdlcFrame> frame = deframer.next(); frame.isPresent(); frame = deframer.next()) {
                Optional<byte[]> reply = answer(frame.get());
                if (reply.isPresent()) {
                    sink.send(reply.get());
                }
            }
        }
    }

    private Optional<byte[]> answer(HdlcFrame frame) {
        if (frame.logical() != MeterSpec.HDLC_LOGICAL) {
            return Optional.empty();
        }
        Optional<Meter> meter = fleet.at(medium, line, frame.physical());
        if (meter.isEmpty() || meter.get().mute()) {
            return Optional.empty();
        }
        // The client address is one byte and addresses without a meter are nobody's: this map is bounded.
        Key key = new Key(frame.physical(), frame.client());
        HdlcStation station = stations.get(key);
        if (station == null || station.session().meter() != meter.get()) {
            station = new HdlcStation(new Session(meter.get(), frame.client(), pdu, traffic));
            stations.put(key, station);
        }
        return station.handle(frame);
    }
}
