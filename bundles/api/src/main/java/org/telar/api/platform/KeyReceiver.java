package org.telar.api.platform;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;

import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;

/** Takes the keys that the centre sends for the meters of this gateway, and keeps them sealed on disk (D17). Thread-safe. */
public interface KeyReceiver {
    /**
     * Opens an envelope: CMS SignedData by the centre over EnvelopedData for this gateway.
     *
     * @return the content; the caller clears it after use
     * @throws GeneralSecurityException with a sentence, when it is not for this gateway, or not signed by the centre;
     *     never with any of the content
     */
    byte[] open(byte[] envelope) throws GeneralSecurityException;

    /**
     * Replaces all keys received before; when this returns, they are on disk.
     *
     * @param version of the centre's table, told by {@link #version()} from now on
     */
    void install(long version, Map<MeterId, MeterKeys> keys) throws IOException;

    /** Version of the keys in force, 0 when none were ever received. */
    long version();
}
