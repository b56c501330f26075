package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.SecretKeySpec;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.ecc.ECCCMSSharedInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.KeyAgreeRecipient;
import org.bouncycastle.cms.RecipientOperator;

/**
 * A gateway with an elliptic curve key: ephemeral-static ECDH, the key of X9.63 with SHA-256, AES-256 key wrap (RFC 5753 §3.1,
 * §7.2). The library reads the structure; the arithmetic is the JDK's, which spares the gateway a whole security provider.
 */
record EcRecipient(PrivateKey key) implements KeyAgreeRecipient {
    private static final int KEY_BITS = 256;

    @Override
    public AlgorithmIdentifier getPrivateKeyAlgorithmIdentifier() {
        // The curve of an ephemeral key that leaves its own out.
        return PrivateKeyInfo.getInstance(key.getEncoded()).getPrivateKeyAlgorithm();
    }

    @Override
    public RecipientOperator getRecipientOperator(
            AlgorithmIdentifier keyAlgorithm,
            AlgorithmIdentifier contentAlgorithm,
            SubjectPublicKeyInfo sender,
            ASN1OctetString userKeyingMaterial,
            byte[] encryptedKey)
            throws CMSException {
        AlgorithmIdentifier wrap = AlgorithmIdentifier.getInstance(keyAlgorithm.getParameters());
        boolean known = keyAlgorithm.getAlgorithm().equals(SECObjectIdentifiers.dhSinglePass_stdDH_sha256kdf_scheme)
                && wrap.getAlgorithm().equals(NISTObjectIdentifiers.id_aes256_wrap);
        if (!known) {
            throw new CMSException("ECDH with SHA-256 and AES-256 wrap expected, got " + keyAlgorithm.getAlgorithm());
        }
        byte[] kek = new byte[0];
        try {
            PublicKey ephemeral =
                    KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(sender.getEncoded()));
            KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
            agreement.init(key);
            agreement.doPhase(ephemeral, true);
            kek = derive(agreement.generateSecret(), sharedInfo(wrap, userKeyingMaterial));
            Cipher cipher = Cipher.getInstance("AESWrap");
            cipher.init(Cipher.UNWRAP_MODE, new SecretKeySpec(kek, "AES"));
            return ContentKey.operator(contentAlgorithm, cipher.unwrap(encryptedKey, "AES", Cipher.SECRET_KEY));
        } catch (GeneralSecurityException | IOException e) {
            throw new CMSException("the content key is not for this gateway", e);
        } finally {
            Arrays.fill(kek, (byte) 0);
        }
    }

    private static byte[] sharedInfo(AlgorithmIdentifier wrap, ASN1OctetString material) throws IOException {
        byte[] bits = ByteBuffer.allocate(Integer.BYTES).putInt(KEY_BITS).array();
        ECCCMSSharedInfo info = material == null
                ? new ECCCMSSharedInfo(wrap, bits)
                : new ECCCMSSharedInfo(wrap, material.getOctets(), bits);
        return info.getEncoded(ASN1Encoding.DER);
    }

    /** ANSI X9.63 with SHA-256: one block is the 256 bits that are wanted. */
    private static byte[] derive(byte[] secret, byte[] info) throws GeneralSecurityException {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(secret);
        sha.update(new byte[] {0, 0, 0, 1});
        sha.update(info);
        Arrays.fill(secret, (byte) 0);
        return sha.digest();
    }
}
