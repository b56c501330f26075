package org.telar.meter.dlms.internal;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Opens answers protected with security suite 0, authenticated and encrypted (IEC 62056-53 §5.3), so that their content
 * can be checked before it is decoded. A counter that does not grow is refused.
 */
final class ApduCipher {
    /** Security control: suite 0, authenticated, encrypted. */
    private static final int AUTHENTICATED_AND_ENCRYPTED = 0x30;

    private static final int TAG_BITS = 96;
    private static final int HEADER = 5;

    private final byte[] encryptionKey;
    private final byte[] authenticationKey;
    private byte[] meterTitle = {};
    private long lastCounter = -1;

    ApduCipher(byte[] encryptionKey, byte[] authenticationKey) {
        this.encryptionKey = encryptionKey;
        this.authenticationKey = authenticationKey;
    }

    void meterTitle(byte[] title) {
        meterTitle = title;
    }

    byte[] meterTitle() {
        return meterTitle;
    }

    /** The invocation counter of the last answer that was opened, -1 before the first. */
    long lastCounter() {
        return lastCounter;
    }

    /** @param from offset of the security control byte */
    byte[] open(byte[] apdu, int from, int to) throws LinkException {
        if (to - from < HEADER + TAG_BITS / 8 || apdu[from] != AUTHENTICATED_AND_ENCRYPTED) {
            throw new LinkException(Kind.GARBLED, "an answer below the security policy");
        }
        if (meterTitle.length != 8) {
            throw new LinkException(Kind.GARBLED, "a ciphered answer without the meter's system title");
        }
        long counter = ByteBuffer.wrap(apdu, from + 1, 4).getInt() & 0xFFFF_FFFFL;
        if (counter <= lastCounter) {
            throw new LinkException(Kind.UNDECIPHERABLE, "a repeated answer (counter " + counter + ")");
        }
        byte[] plain = decrypt(apdu, from, to);
        lastCounter = counter;
        return plain;
    }

    private byte[] decrypt(byte[] apdu, int from, int to) throws LinkException {
        byte[] nonce = Arrays.copyOf(meterTitle, 12);
        System.arraycopy(apdu, from + 1, nonce, 8, 4);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(encryptionKey, "AES"),
                    new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(new byte[] {AUTHENTICATED_AND_ENCRYPTED});
            cipher.updateAAD(authenticationKey);
            return cipher.doFinal(apdu, from + HEADER, to - from - HEADER);
        } catch (GeneralSecurityException e) {
            throw new LinkException(Kind.UNDECIPHERABLE, "an answer does not decrypt with this meter's keys");
        }
    }
}
