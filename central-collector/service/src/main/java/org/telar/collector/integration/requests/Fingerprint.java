package org.telar.collector.integration.requests;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.telar.collector.integration.cim.CimRequest;

/** What makes two requests the same: what they ask, not how they are wrapped or when they were sent. */
final class Fingerprint {
    private static final int LONGEST_KEY = 128;

    private Fingerprint() {}

    static byte[] of(CimRequest r) {
        return sha256(String.join(
                "\u0001",
                r.header().verb(),
                r.header().noun(),
                r.header().correlationId(),
                r.replyAddress(),
                r.start().toString(),
                r.end().toString(),
                r.options().toString(),
                r.ids().toString(),
                r.ask().toString()));
    }

    /** An idempotency key of bounded length. */
    static String key(String text) {
        return text.length() <= LONGEST_KEY ? text : HexFormat.of().formatHex(sha256(text));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
