package org.telar.simulator.media;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.simulator.apdu.RequestListener;
import org.telar.simulator.apdu.Session;
import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Meter;

/** The associations of one connection. The oldest unused one is forgotten when there are too many. One thread at a time. */
final class Answers {
    private static final int MAX_SESSIONS = 20_000;

    private record Key(int meter, int client) {}

    private final int pdu;
    private final RequestListener listener;
    private final Map<Key, Session> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Session> eldest) {
            return size() > MAX_SESSIONS;
        }
    };

    Answers(int pdu, RequestListener listener) {
        this.pdu = pdu;
        this.listener = listener;
    }

    /** The APDU with which a meter answers a client; empty if it says nothing. */
    Optional<byte[]> answer(Meter meter, int client, byte[] apdu) {
        if (deaf(meter)) {
            return Optional.empty();
        }
        Key key = new Key(meter.spec().number(), client);
        return sessions.computeIfAbsent(key, k -> new Session(meter, client, pdu, listener))
                .handle(apdu);
    }

    /** True if a frame does not reach the meter: it is mute, or the frame is lost on its way (F23). */
    static boolean deaf(Meter meter) {
        return meter.mute() || meter.faults().strikes(FaultKind.DROP_REQUEST).isPresent();
    }

    /** Forgets all associations with a meter. */
    void forget(Meter meter) {
        sessions.keySet().removeIf(key -> key.meter() == meter.spec().number());
    }

    /** Sends the frames of all that spoke at once: one after the other, or mixed up by the line (F27). */
    static List<byte[]> collide(List<byte[]> frames, boolean mixed) {
        if (!mixed || frames.size() < 2) {
            return frames;
        }
        List<byte[]> rest = new ArrayList<>(frames);
        byte[] all = rest.remove(0).clone();
        for (byte[] other : rest) {
            byte[] longer = all.length >= other.length ? all : other.clone();
            byte[] shorter = all.length >= other.length ? other : all;
            for (int i = 0; i < shorter.length; i++) {
                // On a two-wire line the dominant level wins.
                longer[i] = (byte) (longer[i] & shorter[i]);
            }
            all = longer;
        }
        return List.of(all);
    }
}
