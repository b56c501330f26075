package org.telar.platform.linux.internal;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import javax.crypto.Cipher;

import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.KeyTransRecipient;
import org.bouncycastle.cms.RecipientOperator;

/** A gateway with an RSA key: the content key is encrypted with it (RFC 5652 §6.2.1; OAEP or PKCS #1 v1.5). */
record RsaRecipient(PrivateKey key) implements KeyTransRecipient {
    @Override
    public RecipientOperator getRecipientOperator(
            AlgorithmIdentifier keyAlgorithm, AlgorithmIdentifier contentAlgorithm, byte[] encryptedKey)
            throws CMSException {
        boolean oaep = keyAlgorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSAES_OAEP);
        try {
            Cipher cipher = Cipher.getInstance(oaep ? "RSA/ECB/OAEPWithSHA-1AndMGF1Padding" : "RSA/ECB/PKCS1Padding");
            cipher.init(Cipher.UNWRAP_MODE, key);
            return ContentKey.operator(contentAlgorithm, cipher.unwrap(encryptedKey, "AES", Cipher.SECRET_KEY));
        } catch (GeneralSecurityException e) {
            throw new CMSException("the content key is not for this gateway", e);
        }
    }
}
