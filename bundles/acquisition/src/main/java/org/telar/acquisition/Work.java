package org.telar.acquisition;

import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterSession;
import org.telar.api.store.StoreException;

/**
 * What is to be done with one associated meter, step by step. Between two steps a more urgent job for the same meter
 * may use the association (G18). After a failure the work is called again with a new session and goes on from what it
 * knows by then. Called by one thread at a time.
 */
@FunctionalInterface
public interface Work {
    /**
     * A visit begins, or this work's turn in it.
     *
     * @param slicing how large its reads may be, good for this visit
     */
    default void begin(Slicing slicing) {}

    /**
     * A visit begins, or this work's turn in it: over which medium, to be recorded with what it brings (R80).
     *
     * @param medium its name
     */
    default void over(String medium) {}

    /**
     * Does the next step.
     *
     * @return true when there is more to do
     * @throws MeterException when the meter could not be read; tried again as the retry policy says
     * @throws StoreException when what was read is not certain to be safe; tried again likewise
     */
    boolean step(MeterSession session) throws MeterException, StoreException;
}
