package org.telar.extraction.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.interfaces.ECPublicKey;
import java.util.List;

import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataStreamGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * Signs what is written and encrypts it, signature included, for one recipient: CMS SignedData inside EnvelopedData,
 * AES-256. A stream; nothing is held. Not thread-safe.
 */
final class Sealed extends OutputStream {
    private static final Provider BC = new BouncyCastleProvider();

    private final OutputStream enveloped;
    private final OutputStream signed;

    Sealed(OutputStream to, Identity identity) throws IOException, GeneralSecurityException {
        try {
            CMSEnvelopedDataStreamGenerator envelope = new CMSEnvelopedDataStreamGenerator();
            if (identity.recipient().getPublicKey() instanceof ECPublicKey) {
                // RFC 5753, ephemeral-static: the sender's key is drawn for this file.
                KeyPair own = ephemeral((ECPublicKey) identity.recipient().getPublicKey());
                envelope.addRecipientInfoGenerator(new JceKeyAgreeRecipientInfoGenerator(
                                CMSAlgorithm.ECDH_SHA256KDF,
                                own.getPrivate(),
                                own.getPublic(),
                                CMSAlgorithm.AES256_WRAP)
                        .addRecipient(identity.recipient())
                        .setProvider(BC));
            } else {
                envelope.addRecipientInfoGenerator(
                        new JceKeyTransRecipientInfoGenerator(identity.recipient()).setProvider(BC));
            }
            CMSSignedDataStreamGenerator signature = new CMSSignedDataStreamGenerator();
            String algorithm = identity.key().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            signature.addSignerInfoGenerator(new JcaSimpleSignerInfoGeneratorBuilder()
                    .setProvider(BC)
                    .build(algorithm, identity.key(), identity.chain().get(0)));
            signature.addCertificates(new JcaCertStore(List.copyOf(identity.chain())));
            enveloped = envelope.open(
                    to,
                    new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
                            .setProvider(BC)
                            .build());
            signed = signature.open(enveloped, true);
        } catch (CMSException | OperatorCreationException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    private static KeyPair ephemeral(ECPublicKey like) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BC);
        generator.initialize(like.getParams());
        return generator.generateKeyPair();
    }

    @Override
    public void write(int b) throws IOException {
        signed.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        signed.write(bytes, from, length);
    }

    /** Writes the signature and ends the envelope; the stream below stays open. */
    @Override
    public void close() throws IOException {
        signed.close();
        enveloped.close();
    }
}
