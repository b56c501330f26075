package org.telar.simulator.apdu;

import org.telar.simulator.fleet.Meter;

/** Told what a meter answered, for the round trips of D14. Called by many threads. */
public interface RequestListener {
    /** A request APDU was answered: GET, each get-next, SET or ACTION; association, HLS and release apart. */
    void answered(Meter meter);

    /** An association was completed. */
    void associated(Meter meter);
}
