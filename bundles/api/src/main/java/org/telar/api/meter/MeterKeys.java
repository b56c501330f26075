package org.telar.api.meter;

/**
 * Secrets of one meter. Never logged: {@link #toString()} hides them. Arrays are not copied; do not modify.
 *
 * @param password LLS password, empty if none
 * @param encryptionKey global unicast encryption key, 16 bytes, or empty
 * @param authenticationKey global authentication key, 16 bytes, or empty
 */
public record MeterKeys(byte[] password, byte[] encryptionKey, byte[] authenticationKey) {
    public static final MeterKeys EMPTY = new MeterKeys(new byte[0], new byte[0], new byte[0]);

    @Override
    public String toString() {
        return "MeterKeys[hidden]";
    }
}
