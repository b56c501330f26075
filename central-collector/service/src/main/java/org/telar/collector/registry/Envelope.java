package org.telar.collector.registry;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;

import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * Seals bytes for one gateway: CMS EnvelopedData (AES-256-CBC) for its certificate, inside SignedData of the collector,
 * its certificate included (D17, RFC 5652). Thread-safe.
 */
final class Envelope {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    private final PrivateKey key;
    private final X509Certificate own;

    Envelope(PrivateKey key, X509Certificate own) {
        this.key = key;
        this.own = own;
    }

    byte[] seal(byte[] content, X509Certificate gateway) {
        try {
            CMSEnvelopedDataGenerator enveloped = new CMSEnvelopedDataGenerator();
            enveloped.addRecipientInfoGenerator(recipient(gateway));
            byte[] inner = enveloped
                    .generate(
                            new CMSProcessableByteArray(content),
                            new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
                                    .setProvider(PROVIDER)
                                    .build())
                    .getEncoded();
            return sign(inner);
        } catch (CMSException | OperatorCreationException | GeneralSecurityException | IOException e) {
            throw new IllegalStateException(
                    "keys cannot be sealed for " + gateway.getSubjectX500Principal() + ": " + e.getMessage(), e);
        }
    }

    private byte[] sign(byte[] content)
            throws CMSException, OperatorCreationException, GeneralSecurityException, IOException {
        CMSSignedDataGenerator signed = new CMSSignedDataGenerator();
        String algorithm = key.getAlgorithm().startsWith("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        signed.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder()
                        .setProvider(PROVIDER)
                        .build())
                .build(new JcaContentSignerBuilder(algorithm).build(key), own));
        signed.addCertificates(new JcaCertStore(List.of(own)));
        return signed.generate(new CMSProcessableByteArray(content), true).getEncoded();
    }

    private static RecipientInfoGenerator recipient(X509Certificate gateway)
            throws GeneralSecurityException, CMSException {
        if (gateway.getPublicKey() instanceof ECPublicKey curve) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(curve.getParams());
            KeyPair ephemeral = generator.generateKeyPair();
            return new JceKeyAgreeRecipientInfoGenerator(
                            CMSAlgorithm.ECDH_SHA256KDF,
                            ephemeral.getPrivate(),
                            ephemeral.getPublic(),
                            CMSAlgorithm.AES256_WRAP)
                    .addRecipient(gateway)
                    .setProvider(PROVIDER);
        }
        return new JceKeyTransRecipientInfoGenerator(gateway).setProvider(PROVIDER);
    }
}
