package org.telar.simulator.fleet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Keys of one meter, derived from the seed so that no two fleets and no two meters share one.
 *
 * @param password LLS secret, 8 printable bytes
 * @param systemTitle 8 bytes, manufacturer and number
 * @param gek global unicast encryption key, 16 bytes
 * @param gak global authentication key, 16 bytes
 */
public record Credentials(byte[] password, byte[] systemTitle, byte[] gek, byte[] gak) {

    /** Derives the credentials of one meter. */
    public static Credentials of(long seed, MeterModel model, int number) {
        byte[] raw = digest(seed, number, "password");
        byte[] password = new byte[8];
        String alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        for (int i = 0; i < password.length; i++) {
            password[i] = (byte) alphabet.charAt((raw[i] & 0xFF) % alphabet.length());
        }
        ByteBuffer title = ByteBuffer.allocate(8);
        title.put(model.flag().getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .putInt(number);
        return new Credentials(password, title.array(), digest(seed, number, "gek"), digest(seed, number, "gak"));
    }

    /** Keys and password that no client knows, for a meter whose keys were changed behind our back. */
    Credentials others() {
        return new Credentials(turned(password), systemTitle, turned(gek), turned(gak));
    }

    private static byte[] turned(byte[] secret) {
        byte[] other = secret.clone();
        for (int i = 0; i < other.length; i++) {
            other[i] ^= 0x15;
        }
        return other;
    }

    private static byte[] digest(long seed, int number, String use) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(ByteBuffer.allocate(12).putLong(seed).putInt(number).array());
            return Arrays.copyOf(sha.digest(use.getBytes(StandardCharsets.US_ASCII)), 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
