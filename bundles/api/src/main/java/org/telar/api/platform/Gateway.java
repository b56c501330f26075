package org.telar.api.platform;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Who this gateway is.
 *
 * @param id the centre's name for it, also the common name of its certificate: 1 to 64 of {@code a-z A-Z 0-9 . _ -}
 * @param systemTitle DLMS system title, 8 bytes: manufacturer id and unique gateway serial (D8)
 * @param dataDirectory where the agent keeps its data; survives upgrades
 */
public record Gateway(String id, byte[] systemTitle, Path dataDirectory) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public Gateway {
        if (!FORM.matcher(id).matches()) {
            throw new IllegalArgumentException("a gateway id is 1 to 64 of A-Z a-z 0-9 . _ -, got: " + id);
        }
        if (systemTitle.length != 8) {
            throw new IllegalArgumentException("a DLMS system title has 8 bytes, got " + systemTitle.length);
        }
    }
}
