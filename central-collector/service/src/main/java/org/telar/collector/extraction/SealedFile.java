package org.telar.collector.extraction;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSEnvelopedDataParser;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataParser;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientId;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientId;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientId;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.Store;
import org.telar.collector.BadInput;
import org.telar.collector.platform.TlsMaterial;

/**
 * A file on disk that a gateway signed and encrypted for us: CMS SignedData inside EnvelopedData (RFC 5652). It is read
 * as a stream, twice: a signature is known to be good at its end only, and nothing is used before. Stateless.
 */
final class SealedFile {
    private static final Provider BC = new BouncyCastleProvider();

    private final TlsMaterial tls;

    /** What is done with the clear content. */
    interface Use<T> {
        T with(InputStream content) throws IOException;
    }

    SealedFile(TlsMaterial tls) {
        this.tls = tls;
    }

    /**
     * Verifies the whole file.
     *
     * @return common name of who signed it, by a certificate of our authorities
     * @throws BadInput saying what is wrong with the file
     */
    String signer(Path file) throws IOException {
        try {
            return opened(file, signed -> {
                drain(signed.getSignedContent().getContentStream());
                return verified(signed);
            });
        } catch (BadInput said) {
            throw said;
        } catch (IOException | RuntimeException e) {
            if (!Files.isReadable(file)) {
                throw e;
            }
            // What the library says of bytes that end early or are not what they should be.
            throw new BadInput("EXTRACTION_DAMAGED", reason(e));
        }
    }

    /** Reads the content of a file that {@link #signer} has found good. */
    <T> T read(Path file, Use<T> use) throws IOException {
        return opened(file, signed -> use.with(signed.getSignedContent().getContentStream()));
    }

    private interface Step<T> {
        T with(CMSSignedDataParser signed) throws IOException;
    }

    private <T> T opened(Path file, Step<T> step) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            RecipientInformation ours = ours(in);
            CMSSignedDataParser signed;
            try {
                InputStream clear = ours.getContentStream(recipient()).getContentStream();
                signed = new CMSSignedDataParser(
                        new JcaDigestCalculatorProviderBuilder().setProvider(BC).build(), clear);
            } catch (CMSException | OperatorCreationException e) {
                throw new BadInput("EXTRACTION_DAMAGED", reason(e));
            }
            // Not closed: its end is the file's, and an early close would hide what was found.
            return step.with(signed);
        }
    }

    private RecipientInformation ours(InputStream in) throws IOException {
        Collection<RecipientInformation> found;
        try {
            found = new CMSEnvelopedDataParser(in).getRecipientInfos().getRecipients(id());
        } catch (CMSException | IOException | RuntimeException e) {
            throw new BadInput("EXTRACTION_UNREADABLE", reason(e));
        }
        if (found.isEmpty()) {
            throw new BadInput("EXTRACTION_NOT_FOR_US", tls.commonName());
        }
        return found.iterator().next();
    }

    private RecipientId id() {
        X509Certificate own = (X509Certificate) tls.own().getCertificate();
        return isAgreement() ? new JceKeyAgreeRecipientId(own) : new JceKeyTransRecipientId(own);
    }

    private Recipient recipient() {
        PrivateKey key = tls.own().getPrivateKey();
        return isAgreement()
                ? new JceKeyAgreeEnvelopedRecipient(key).setProvider(BC)
                : new JceKeyTransEnvelopedRecipient(key).setProvider(BC);
    }

    private boolean isAgreement() {
        return tls.own().getCertificate().getPublicKey().getAlgorithm().equals("EC");
    }

    private String verified(CMSSignedDataParser signed) {
        try {
            Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
            if (signers.size() != 1) {
                throw new BadInput("EXTRACTION_SIGNATURE", "one signature is expected, it has " + signers.size());
            }
            SignerInformation signer = signers.iterator().next();
            List<X509Certificate> sent = new ArrayList<>();
            X509Certificate own = null;
            @SuppressWarnings("unchecked")
            Store<X509CertificateHolder> brought = signed.getCertificates();
            for (X509CertificateHolder h : brought.getMatches(null)) {
                X509Certificate c =
                        new JcaX509CertificateConverter().setProvider(BC).getCertificate(h);
                sent.add(c);
                own = signer.getSID().match(h) ? c : own;
            }
            if (own == null) {
                throw new BadInput("EXTRACTION_SIGNATURE", "it does not bring its certificate");
            }
            trusted(own, sent);
            if (!signer.verify(
                    new JcaSimpleSignerInfoVerifierBuilder().setProvider(BC).build(own))) {
                throw new BadInput("EXTRACTION_DAMAGED", "the signature does not fit the content");
            }
            return TlsMaterial.commonName(own)
                    .orElseThrow(() -> new BadInput("EXTRACTION_SIGNATURE", "its certificate names nobody"));
        } catch (CMSException | OperatorCreationException e) {
            throw new BadInput("EXTRACTION_DAMAGED", reason(e));
        } catch (GeneralSecurityException e) {
            throw new BadInput("EXTRACTION_SIGNATURE", reason(e));
        }
    }

    private void trusted(X509Certificate own, List<X509Certificate> sent) throws GeneralSecurityException {
        KeyStore trust = tls.trust();
        X509CertSelector target = new X509CertSelector();
        target.setCertificate(own);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(trust, target);
        parameters.setRevocationEnabled(false);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(sent)));
        CertPathBuilder.getInstance("PKIX").build(parameters);
    }

    private static void drain(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
