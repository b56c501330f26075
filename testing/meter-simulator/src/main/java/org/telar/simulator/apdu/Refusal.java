package org.telar.simulator.apdu;

/** Why a protected APDU was not accepted. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** What the meter does about it. */
    enum Kind {
        /** Counter not above the last one: most meters just drop the frame (D8). */
        REPLAY,
        /** Wrong key, wrong tag or wrong security control byte. */
        DECIPHERING
    }

    private final Kind kind;

    Refusal(Kind kind) {
        super(kind.name(), null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
