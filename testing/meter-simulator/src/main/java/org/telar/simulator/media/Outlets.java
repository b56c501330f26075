package org.telar.simulator.media;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.simulator.fleet.Meter;

/** The connection on which each meter was last spoken to, so that it can say something on its own. Thread safe. */
final class Outlets {
    /** Takes an APDU to a client over one connection. */
    @FunctionalInterface
    interface Outlet {
        void send(int client, byte[] apdu) throws IOException;
    }

    private final Map<Meter, Outlet> last = new ConcurrentHashMap<>();

    void heard(Meter meter, Outlet outlet) {
        last.put(meter, outlet);
    }

    /**
     * Sends an APDU to a client over the connection on which the meter was last spoken to.
     *
     * @throws IOException if there is none, or it is closed
     */
    void send(Meter meter, int client, byte[] apdu) throws IOException {
        Outlet outlet = last.get(meter);
        if (outlet == null) {
            throw new IOException("nobody has spoken to meter " + meter.spec().number() + " yet");
        }
        outlet.send(client, apdu);
    }
}
