package org.telar.extraction.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The gateway's key and the collector's certificate, as they are on the gateway's disk.
 *
 * @param gateway common name of the gateway's own certificate
 * @param chain the gateway's certificate and what signed it
 * @param recipient the only one that can open the file
 */
public record Identity(String gateway, PrivateKey key, List<X509Certificate> chain, X509Certificate recipient) {

    /** @throws Refused naming the file and what was expected of it */
    public static Identity load(Path keyStore, Path passwordFile, Path recipient, Path trustStore, Path trustPassword)
            throws Refused {
        KeyStore keys = open(keyStore, password(passwordFile));
        X509Certificate collector = certificate(recipient);
        trusted(collector, recipient, open(trustStore, password(trustPassword)));
        try {
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias)) {
                    PrivateKey key = (PrivateKey)
                            keys.getKey(alias, password(passwordFile).toCharArray());
                    List<X509Certificate> chain = new ArrayList<>();
                    for (Certificate c : keys.getCertificateChain(alias)) {
                        chain.add((X509Certificate) c);
                    }
                    return new Identity(commonName(chain.get(0), keyStore), key, chain, collector);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new Refused(Refused.PRECONDITION, "KEY_STORE", keyStore, e.getMessage());
        }
        throw new Refused(Refused.PRECONDITION, "NO_KEY", keyStore);
    }

    private static String password(Path file) throws Refused {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new Refused(Refused.PRECONDITION, "UNREADABLE", file, e.getMessage());
        }
    }

    private static KeyStore open(Path file, String password) throws Refused {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password.toCharArray());
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new Refused(Refused.PRECONDITION, "KEY_STORE", file, e.getMessage());
        }
    }

    private static X509Certificate certificate(Path file) throws Refused {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | GeneralSecurityException e) {
            throw new Refused(Refused.PRECONDITION, "RECIPIENT", file, e.getMessage());
        }
    }

    /** A file for a stranger would be readings given away. */
    private static void trusted(X509Certificate recipient, Path file, KeyStore trust) throws Refused {
        try {
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(Arrays.asList(recipient));
            PKIXParameters parameters = new PKIXParameters(trust);
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (GeneralSecurityException e) {
            throw new Refused(Refused.PRECONDITION, "RECIPIENT_UNTRUSTED", file, e.getMessage());
        }
    }

    private static String commonName(X509Certificate certificate, Path file) throws Refused {
        try {
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    return rdn.getValue().toString();
                }
            }
        } catch (InvalidNameException noName) {
            // Told below.
        }
        throw new Refused(Refused.PRECONDITION, "NO_KEY", file);
    }
}
