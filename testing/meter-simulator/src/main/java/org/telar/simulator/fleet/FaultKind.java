package org.telar.simulator.fleet;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be wrong with a meter on demand; numbers F22 to F30 are those of the fault list in the tests. */
public enum FaultKind {
    /** F22: the clock object shows this year; setting the clock ends it. */
    CLOCK_YEAR(2106, 1, 65_535),
    /** F22: the clock object shows no date at all; setting the clock ends it. */
    CLOCK_UNDEFINED(0, 0, 0),
    /** F23: every frame of the answer comes so many milliseconds late. */
    LATE(3000, 1, 600_000),
    /** F23: the reply to the request before; the first one gets none. */
    STALE(0, 0, 0),
    /** F23: the answer comes twice. */
    DUPLICATE(0, 0, 0),
    /** F23: the request's frame is lost before the meter has seen it. */
    DROP_REQUEST(0, 0, 0),
    /** F23: the meter has served the request, the frame of its answer is lost. */
    DROP_REPLY(0, 0, 0),
    /** F24: so many bits of the answer are flipped; on wrapper media in the APDU only. */
    BIT_FLIP(1, 1, 1000),
    /** F24: wrong header check sequence, HDLC. */
    BAD_HCS(0, 0, 0),
    /** F24: wrong frame check sequence, HDLC. */
    BAD_FCS(0, 0, 0),
    /** F24: the line gives the request back before the answer. */
    ECHO(0, 0, 0),
    /** F24: so many random bytes before the answer. */
    NOISE_BEFORE(7, 1, 4096),
    /** F24: so many random bytes behind the answer. */
    NOISE_AFTER(7, 1, 4096),
    /** F24: the answer names another meter as its sender. */
    WRONG_ADDRESS(0, 0, 0),
    /** F24: N(S) of an information frame, or N(R) of another, is one too high, HDLC. */
    SEQUENCE(0, 0, 0),
    /** F24: receive not ready instead of the answer, which waits for the next poll, HDLC. */
    RNR(0, 0, 0),
    /** F24: only the first half of the answer. */
    TRUNCATE(0, 0, 0),
    /** F25: one byte each so many milliseconds. */
    SLOW(200, 1, 60_000),
    /** F26: silence from this block of a transfer on. */
    BLOCK_CUT(2, 1, 1_000_000),
    /** F26: no block is ever the last; the contents start again. */
    ENDLESS_BLOCKS(0, 0, 0),
    /** F26: blocks carry a number that is one too high. */
    BLOCK_NUMBER(0, 0, 0),
    /** F26: the client's PDU size is ignored, answers have up to this size. */
    OVERSIZE(60_000, 64, 60_000),
    /** F29: a profile read gets the bytes of the first one since the fault was set. */
    SAME_PROFILE(0, 0, 0),
    /** F30: the meter's password and keys are others than fleet.csv says. */
    WRONG_KEY(0, 0, 0),
    /** F30: the meter ciphers with the counter that it used last. */
    REPLAYED_COUNTER(0, 0, 0),
    /** F30: one bit of the authentication tag of the meter's answer is wrong. */
    BAD_TAG(0, 0, 0),
    /** D8: a stale client counter is answered with D8 02 06 and the last accepted one, not with silence. */
    COUNTER_EXCEPTION(0, 0, 0);

    private final long usual;
    private final long least;
    private final long most;

    FaultKind(long usual, long least, long most) {
        this.usual = usual;
        this.least = least;
        this.most = most;
    }

    /** Name on the control socket. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Value if none is given. */
    public long usual() {
        return usual;
    }

    public long least() {
        return least;
    }

    public long most() {
        return most;
    }

    /**
     * The kind with this name.
     *
     * @throws IllegalArgumentException naming all kinds
     */
    public static FaultKind of(String text) {
        for (FaultKind kind : values()) {
            if (kind.text().equals(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("kind: no fault \"" + text + "\"; known: "
                + Arrays.stream(values()).map(FaultKind::text).collect(Collectors.joining(", ")));
    }
}
