package org.telar.simulator.apdu;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

import gurux.dlms.enums.Security;
import gurux.dlms.objects.enums.SecuritySuite;
import gurux.dlms.secure.AesGcmParameter;
import gurux.dlms.secure.CountType;
import gurux.dlms.secure.GXCiphering;
import gurux.dlms.secure.GXSecure;
import org.telar.simulator.fleet.Credentials;
import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Meter;

/**
 * Security suite 0 of one association: authenticated encryption in both directions and the GMAC of HLS mechanism 5
 * (IEC 62056-5-3 §5.3). Polices the client's invocation counter.
 */
final class Protection {
    /** Bytes that ciphering adds at most: tag, length, security control, counter, authentication tag. */
    static final int OVERHEAD = 1 + 3 + 5 + 12;

    private static final int AUTHENTICATED_ENCRYPTION = 0x30;
    private static final int AUTHENTICATION = 0x10;
    private static final int HEADER = 5;
    private static final int TAG_LENGTH = 12;

    private final Meter meter;
    private final int clientSap;
    private final byte[] clientTitle;

    Protection(Meter meter, int clientSap, byte[] clientTitle) {
        this.meter = meter;
        this.clientSap = clientSap;
        this.clientTitle = clientTitle;
    }

    /** Opens {@code tag length SC IC ciphertext tag}; the counter is accepted only if the tag is right. */
    byte[] open(byte[] apdu) throws Refusal {
        ByteBuffer in = ByteBuffer.wrap(apdu);
        in.get();
        int length = Ber.length(in);
        if (length != in.remaining() || length < HEADER + TAG_LENGTH) {
            throw new Refusal(Refusal.Kind.DECIPHERING);
        }
        int control = in.get() & 0xFF;
        long counter = in.getInt() & 0xFFFF_FFFFL;
        if (control != AUTHENTICATED_ENCRYPTION) {
            throw new Refusal(Refusal.Kind.DECIPHERING);
        }
        if (counter <= meter.acceptedCounter(clientSap)) {
            throw new Refusal(Refusal.Kind.REPLAY);
        }
        byte[] body = new byte[in.remaining()];
        in.get(body);
        try {
            AesGcmParameter p = parameter(0, Security.AUTHENTICATION_ENCRYPTION, counter, clientTitle);
            byte[] plain = GXSecure.encryptAesGcm(false, p, body);
            meter.acceptCounter(clientSap, counter);
            return plain;
        } catch (GeneralSecurityException e) {
            throw new Refusal(Refusal.Kind.DECIPHERING);
        }
    }

    /** Ciphers an APDU under its {@code glo} tag. */
    byte[] seal(int tag, byte[] plain) {
        try {
            byte[] title = meter.spec().credentials().systemTitle();
            byte[] sealed = GXCiphering.encrypt(
                    parameter(tag, Security.AUTHENTICATION_ENCRYPTION, meter.nextServerCounter(), title), plain);
            if (meter.faults().strikes(FaultKind.BAD_TAG).isPresent()) {
                sealed[sealed.length - 1] ^= 1;
            }
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot do AES-GCM", e);
        }
    }

    /** True if {@code f(StoC)} proves that the client knows the keys. */
    boolean proves(byte[] answer, byte[] challenge) {
        if (answer.length != HEADER + TAG_LENGTH || answer[0] != AUTHENTICATION) {
            return false;
        }
        long counter = ByteBuffer.wrap(answer, 1, 4).getInt() & 0xFFFF_FFFFL;
        return MessageDigest.isEqual(gmac(counter, clientTitle, challenge), Arrays.copyOfRange(answer, HEADER, 17));
    }

    /** Our {@code f(CtoS)}. */
    byte[] prove(byte[] challenge) {
        long counter = meter.nextServerCounter();
        ByteBuffer out = ByteBuffer.allocate(HEADER + TAG_LENGTH);
        out.put((byte) AUTHENTICATION).putInt((int) counter);
        out.put(gmac(counter, meter.spec().credentials().systemTitle(), challenge));
        return out.array();
    }

    private byte[] gmac(long counter, byte[] title, byte[] challenge) {
        try {
            AesGcmParameter p = parameter(0, Security.AUTHENTICATION, counter, title);
            p.setType(CountType.TAG);
            return GXSecure.encryptAesGcm(true, p, challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot do AES-GCM", e);
        }
    }

    private AesGcmParameter parameter(int tag, Security security, long counter, byte[] title) {
        Credentials keys = meter.credentials();
        return new AesGcmParameter(null, tag, security, SecuritySuite.SUITE_0, counter, title, keys.gek(), keys.gak());
    }
}
