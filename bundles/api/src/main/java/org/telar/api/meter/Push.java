package org.telar.api.meter;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.MeterId;
import org.telar.api.model.StatusWord;

/**
 * What a meter said unasked: a DataNotification or an EventNotification (IEC 62056-53 §7.3.10; D16).
 *
 * @param medium name of the medium it came over
 * @param source the sender's address on it, in the form of the meter table ({@code wrapper:17}, {@code hdlc:1/17})
 * @param meter the meter at that address, empty when nobody knows one
 * @param service which service
 * @param isProtected true when it was ciphered and authentic under the keys of {@code meter}; else a hint, no proof
 * @param receivedAt host clock, UTC
 * @param time the meter's time in it, UTC
 * @param identity the identity in it; differs from that of the meter table when addresses moved (D1)
 * @param words status words and alarm registers in it, raw
 * @param apdu the notification, deciphered where that was possible. Not copied: do not modify.
 */
public record Push(
        String medium,
        String source,
        Optional<MeterId> meter,
        Service service,
        boolean isProtected,
        Instant receivedAt,
        Optional<Instant> time,
        Optional<String> identity,
        List<StatusWord> words,
        byte[] apdu) {
    /** The service that carried it. */
    public enum Service {
        DATA_NOTIFICATION,
        EVENT_NOTIFICATION,
        /** It could not be opened or understood; {@link Push#apdu} is as it came. */
        UNKNOWN
    }

    public Push {
        words = List.copyOf(words);
    }

    @Override
    public String toString() {
        return "push from " + source + " on " + medium + " (meter "
                + meter.map(MeterId::toString).orElse("unknown")
                + "): " + service + (isProtected ? ", protected" : "") + ", words " + words + ", "
                + HexFormat.of().formatHex(apdu);
    }
}
