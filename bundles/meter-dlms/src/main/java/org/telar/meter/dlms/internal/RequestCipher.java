package org.telar.meter.dlms.internal;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Moves the invocation counter of our ciphered requests up by one. jDLMS uses one counter for the GMAC of HLS pass 3 and
 * for the request that carries it; with AES-GCM no counter may be used twice under one key, so every request after the
 * association request is sealed again under the next number (NIST SP 800-38D §8.3).
 */
final class RequestCipher {
    private static final int FIRST_GLO = 0xC8;
    private static final int LAST_GLO = 0xCF;
    private static final int CONTROL = 0x30;
    private static final int TAG_BITS = 96;
    private static final int COUNTER = 4;

    private final byte[] encryptionKey;
    private final byte[] authenticationKey;
    private final byte[] systemTitle;

    RequestCipher(byte[] encryptionKey, byte[] authenticationKey, byte[] systemTitle) {
        this.encryptionKey = encryptionKey;
        this.authenticationKey = authenticationKey;
        this.systemTitle = systemTitle;
    }

    static boolean isCiphered(byte[] apdu) {
        int tag = apdu.length == 0 ? -1 : apdu[0] & 0xFF;
        return tag >= FIRST_GLO && tag <= LAST_GLO;
    }

    /** Offset of the counter in a ciphered APDU: tag, length, security control, counter. */
    static int counterAt(byte[] apdu) throws LinkException {
        Axdr in = new Axdr(apdu, 1, apdu.length);
        in.length();
        in.octet();
        int at = in.position();
        in.skip(COUNTER);
        return at;
    }

    /** The same request under the next counter; other APDUs as they are. */
    byte[] renumbered(byte[] apdu) throws LinkException {
        if (!isCiphered(apdu)) {
            return apdu;
        }
        int at = counterAt(apdu);
        byte[] next = apdu.clone();
        for (int i = at + COUNTER - 1; i >= at && ++next[i] == 0; i--) {
            // carry into the next byte
        }
        try {
            byte[] plain = crypt(Cipher.DECRYPT_MODE, apdu, at, Arrays.copyOfRange(apdu, at + COUNTER, apdu.length));
            byte[] sealed = crypt(Cipher.ENCRYPT_MODE, next, at, plain);
            System.arraycopy(sealed, 0, next, at + COUNTER, sealed.length);
            return next;
        } catch (GeneralSecurityException e) {
            throw new LinkException(Kind.UNDECIPHERABLE, "a request could not be ciphered", e);
        }
    }

    private byte[] crypt(int mode, byte[] apdu, int counterAt, byte[] text) throws GeneralSecurityException {
        byte[] nonce = Arrays.copyOf(systemTitle, systemTitle.length + COUNTER);
        System.arraycopy(apdu, counterAt, nonce, systemTitle.length, COUNTER);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(encryptionKey, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(new byte[] {CONTROL});
        cipher.updateAAD(authenticationKey);
        return cipher.doFinal(text);
    }
}
