package org.telar.platform.linux.internal;

import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.spec.IvParameterSpec;

import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.RecipientOperator;
import org.bouncycastle.operator.InputDecryptor;

/** Decrypts the content of an envelope with the key found in it: AES-256-CBC and nothing weaker, by the JDK. */
final class ContentKey {
    private ContentKey() {}

    static RecipientOperator operator(AlgorithmIdentifier algorithm, Key key) throws CMSException {
        if (!algorithm.getAlgorithm().equals(NISTObjectIdentifiers.id_aes256_CBC)) {
            throw new CMSException("AES-256-CBC expected, got " + algorithm.getAlgorithm());
        }
        try {
            AlgorithmParameterSpec iv = new IvParameterSpec(
                    ASN1OctetString.getInstance(algorithm.getParameters()).getOctets());
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, key, iv);
            return new RecipientOperator(new InputDecryptor() {
                @Override
                public AlgorithmIdentifier getAlgorithmIdentifier() {
                    return algorithm;
                }

                @Override
                public InputStream getInputStream(InputStream sealed) {
                    return new CipherInputStream(sealed, cipher);
                }
            });
        } catch (GeneralSecurityException e) {
            throw new CMSException("the content key is of no use", e);
        }
    }
}
