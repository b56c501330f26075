package org.telar.platform.linux.internal;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.KeyAgreeRecipientInformation;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.util.Selector;

/**
 * Opens what the centre sealed for this gateway: CMS SignedData (RFC 5652 §5) over EnvelopedData (§6). The signer's
 * certificate must lead to the trust store and bear the centre's name, so that another gateway, whose certificate comes from
 * the same authority, cannot sign; the content must be for this gateway's key (D17).
 */
final class Envelope {
    private static final int MOST_BYTES = 8 << 20;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final PrivateKey key;
    private final Set<TrustAnchor> anchors;
    private final String centre;
    private final Date now;

    /**
     * @param key of the gateway's certificate
     * @param anchors the trusted authorities
     * @param centre DNS name or IP address that the signer's certificate must bear
     * @param now at which certificates must be valid
     */
    Envelope(PrivateKey key, Set<TrustAnchor> anchors, String centre, Date now) {
        this.key = key;
        this.anchors = Set.copyOf(anchors);
        this.centre = centre.toLowerCase(Locale.ROOT);
        this.now = now;
    }

    byte[] open(byte[] envelope) throws GeneralSecurityException {
        if (envelope.length > MOST_BYTES) {
            throw new GeneralSecurityException("at most " + MOST_BYTES + " bytes expected, got " + envelope.length);
        }
        try {
            CMSSignedData signed = new CMSSignedData(envelope);
            verify(signed);
            CMSEnvelopedData sealed =
                    new CMSEnvelopedData((byte[]) signed.getSignedContent().getContent());
            return decrypt(sealed);
        } catch (CMSException | OperatorCreationException | RuntimeException e) {
            // The library's words may quote content; its kind says enough.
            throw new GeneralSecurityException("not CMS SignedData over EnvelopedData that can be opened ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    private void verify(CMSSignedData signed) throws GeneralSecurityException, CMSException, OperatorCreationException {
        Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
        if (signers.size() != 1 || signed.getSignedContent() == null) {
            throw new GeneralSecurityException("one signer and a content expected, got " + signers.size());
        }
        SignerInformation signer = signers.iterator().next();
        @SuppressWarnings("unchecked")
        Selector<X509CertificateHolder> sid = signer.getSID();
        Collection<X509CertificateHolder> found = signed.getCertificates().getMatches(sid);
        if (found.isEmpty()) {
            throw new GeneralSecurityException("the signer's certificate is not included");
        }
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(found.iterator().next());
        trust(certificate);
        if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate))) {
            throw new GeneralSecurityException("the signature is wrong");
        }
    }

    private void trust(X509Certificate certificate) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(anchors);
        // A revoked centre is cut off at the link; there is nobody to ask here.
        parameters.setRevocationEnabled(false);
        parameters.setDate(now);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
        if (!isCentre(certificate)) {
            throw new GeneralSecurityException("the signer is "
                    + certificate.getSubjectX500Principal().getName() + ", whose certificate is not for " + centre);
        }
    }

    private boolean isCentre(X509Certificate certificate) throws GeneralSecurityException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null) {
            return false;
        }
        return names.stream()
                .filter(n -> n.get(0).equals(DNS_NAME) || n.get(0).equals(IP_ADDRESS))
                .anyMatch(n -> n.get(1).toString().toLowerCase(Locale.ROOT).equals(centre));
    }

    private byte[] decrypt(CMSEnvelopedData sealed) throws GeneralSecurityException, CMSException {
        for (RecipientInformation recipient : sealed.getRecipientInfos().getRecipients()) {
            boolean agreement = recipient instanceof KeyAgreeRecipientInformation;
            if (agreement == key.getAlgorithm().startsWith("EC")) {
                return agreement
                        ? recipient.getContent(new EcRecipient(key))
                        : recipient.getContent(new RsaRecipient(key));
            }
        }
        throw new GeneralSecurityException("it is for no key like this gateway's (" + key.getAlgorithm() + ")");
    }
}
