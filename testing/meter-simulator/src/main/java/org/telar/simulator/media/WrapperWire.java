package org.telar.simulator.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.telar.simulator.apdu.Session;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/** A TCP connection with DLMS wrapper frames (IEC 62056-47): any meter by its destination, any client by its source. */
final class WrapperWire implements Wire {
    private static final int HEADER = 8;
    private static final int VERSION = 1;
    private static final int MAX_SESSIONS = 20_000;

    private record Key(int meter, int client) {}

    private final Fleet fleet;
    private final int pdu;
    private final Traffic traffic;
    private final Map<Key, Session> sessions = new HashMap<>();
    private ByteBuffer pending = ByteBuffer.allocate(1024);

    WrapperWire(Fleet fleet, int pdu, Traffic traffic) {
        this.fleet = fleet;
        this.pdu = pdu;
        this.traffic = traffic;
    }

    @Override
    public void received(byte[] bytes, int length, Sink sink) throws IOException {
        if (pending.remaining() < length) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(pending.capacity() * 2, pending.position() + length));
            pending = larger.put(pending.flip());
        }
        pending.put(bytes, 0, length).flip();
        while (pending.remaining() >= HEADER) {
            int start = pending.position();
            if (pending.getShort(start) != VERSION) {
                throw new IOException("not a DLMS wrapper frame");
            }
            int size = pending.getShort(start + 6) & 0xFFFF;
            if (pending.remaining() < HEADER + size) {
                break;
            }
            int client = pending.getShort(start + 2) & 0xFFFF;
            int destination = pending.getShort(start + 4) & 0xFFFF;
            byte[] apdu = new byte[size];
            pending.position(start + HEADER);
            pending.get(apdu);
            answer(client, destination, apdu, sink);
        }
        pending.compact();
    }

    private void answer(int client, int destination, byte[] apdu, Sink sink) throws IOException {
        Optional<Meter> meter = fleet.at(Medium.WRAPPER, 0, destination);
        if (meter.isEmpty() || meter.get().mute()) {
            return;
        }
        Optional<byte[]> reply = session(meter.get(), client, destination).handle(apdu);
        if (reply.isPresent()) {
            ByteBuffer frame = ByteBuffer.allocate(HEADER + reply.get().length);
            frame.putShort((short) VERSION).putShort((short) destination).putShort((short) client);
            frame.putShort((short) reply.get().length).put(reply.get());
            sink.send(frame.array());
        }
    }

    private Session session(Meter meter, int client, int destination) throws IOException {
        Key key = new Key(destination, client);
        Session known = sessions.get(key);
        if (known != null && known.meter() == meter) {
            return known;
        }
        if (sessions.size() >= MAX_SESSIONS) {
            throw new IOException("too many associations on one connection");
        }
        Session created = new Session(meter, client, pdu, traffic);
        sessions.put(key, created);
        return created;
    }
}
