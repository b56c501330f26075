package org.telar.meter.dlms.internal;

import java.nio.ByteBuffer;

import org.telar.api.model.MeterId;
import org.telar.api.platform.InvocationCounters;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * The invocation counters of one association. jDLMS counts up by itself; this watches what it sends and reserves the
 * next block before a number of it goes out, so that a crash never repeats one (D8).
 */
final class CounterBlock {
    /** Enough for an association and a day in small blocks. */
    static final int SIZE = 128;

    private static final long LARGEST = 0xFFFF_FFFFL;

    private final InvocationCounters counters;
    private final MeterId meter;
    private final RequestCipher cipher;
    private final long first;
    private long end;

    private CounterBlock(InvocationCounters counters, MeterId meter, RequestCipher cipher, long first) {
        this.cipher = cipher;
        this.counters = counters;
        this.meter = meter;
        this.first = first;
        this.end = first + SIZE;
    }

    /** @throws LinkException when the 32 bits are used up: the keys must be changed */
    static CounterBlock reserve(InvocationCounters counters, MeterId meter, RequestCipher cipher) throws LinkException {
        CounterBlock block = new CounterBlock(counters, meter, cipher, counters.reserve(meter, SIZE));
        block.checkRange();
        return block;
    }

    /** The counter of the association request. */
    long first() {
        return first;
    }

    /**
     * Called with every APDU before it is sent.
     *
     * @return what to send: the APDU under a counter of its own, reserved
     */
    byte[] using(byte[] apdu) throws LinkException {
        if (!RequestCipher.isCiphered(apdu)) {
            return apdu;
        }
        byte[] request = cipher.renumbered(apdu);
        int at = RequestCipher.counterAt(request);
        long counter = ByteBuffer.wrap(request, at, 4).getInt() & LARGEST;
        while (counter >= end) {
            extend();
        }
        return request;
    }

    private void extend() throws LinkException {
        long next = counters.reserve(meter, SIZE);
        if (next != end) {
            throw new LinkException(
                    Kind.BROKEN, "the reserved invocation counters are used up and the next ones are not adjacent");
        }
        end += SIZE;
        checkRange();
    }

    private void checkRange() throws LinkException {
        if (end > LARGEST) {
            throw new LinkException(
                    Kind.UNDECIPHERABLE, "the invocation counter is used up: this meter needs new keys");
        }
    }
}
