package org.telar.api.meter;

import java.util.Optional;

/**
 * Takes what meters say unasked, whenever a driver hears it: between a request and its answer, before the next request,
 * or from a neighbour on the same line (D16). Implementations are thread-safe, return at once and never throw.
 */
@FunctionalInterface
public interface PushListener {
    /** Nobody listens. */
    PushListener NONE = push -> {};

    void pushed(Push push);

    /**
     * Who is at an address, so that a push of another meter than the one being visited can be opened.
     *
     * @param medium name of the medium
     * @param source address as in {@link Push#source}
     */
    default Optional<Sender> at(String medium, String source) {
        return Optional.empty();
    }

    /** A meter of the table and its keys. */
    record Sender(Meter meter, MeterKeys keys) {}
}
