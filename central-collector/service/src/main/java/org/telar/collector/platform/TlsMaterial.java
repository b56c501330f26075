package org.telar.collector.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.telar.collector.RefusedException;

/**
 * The collector's key store and trust store, read once at the start so that a broken file is a sentence.
 *
 * @param keyStore PKCS#12 with one private key
 * @param trustStore PKCS#12 with trusted certificates
 * @param password of both; never logged
 * @param commonName of the collector's own certificate
 */
public record TlsMaterial(Path keyStore, Path trustStore, String password, String commonName) {

    /** @throws RefusedException naming the key, the file and what was expected */
    public static TlsMaterial load(CollectorSettings.Tls tls) {
        Path passwordFile = required(tls.passwordFile(), "telar.tls.password-file", "a text file with the password");
        String password = read(passwordFile);
        Path keyStore = required(tls.keyStore(), "telar.tls.key-store", "a PKCS#12 file with the collector's key");
        Path trustStore =
                required(tls.trustStore(), "telar.tls.trust-store", "a PKCS#12 file with trusted authorities");
        KeyStore keys = open(keyStore, password, "telar.tls.key-store");
        KeyStore trust = open(trustStore, password, "telar.tls.trust-store");
        try {
            X509Certificate own = null;
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias)) {
                    own = (X509Certificate) keys.getCertificate(alias);
                }
            }
            if (own == null) {
                throw new RefusedException(keyStore + " (telar.tls.key-store) holds no private key.");
            }
            own.checkValidity();
            if (List.copyOf(Collections.list(trust.aliases())).isEmpty()) {
                throw new RefusedException(trustStore + " (telar.tls.trust-store) holds no certificate.");
            }
            String name = commonName(own).orElse("");
            if (name.isEmpty()) {
                throw new RefusedException(keyStore + " (telar.tls.key-store): the certificate has no common name.");
            }
            return new TlsMaterial(keyStore.toAbsolutePath(), trustStore.toAbsolutePath(), password, name);
        } catch (GeneralSecurityException e) {
            throw new RefusedException(
                    keyStore + " (telar.tls.key-store): the certificate cannot be used: " + e.getMessage() + ".", e);
        }
    }

    /** A context with our certificate and our authorities. */
    /** The collector's own key, for what it signs. */
    public PrivateKey privateKey() {
        try {
            KeyStore store = open(keyStore, password, "telar.tls.key-store");
            return (PrivateKey) store.getKey(alias(store), password.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new RefusedException("telar.tls.key-store " + keyStore + " has no key that opens.", e);
        }
    }

    /** The certificate of that key. */
    public X509Certificate certificate() {
        try {
            KeyStore store = open(keyStore, password, "telar.tls.key-store");
            return (X509Certificate) store.getCertificate(alias(store));
        } catch (GeneralSecurityException e) {
            throw new RefusedException("telar.tls.key-store " + keyStore + " has no certificate.", e);
        }
    }

    /** Whether an authority of the trust store has issued it. */
    public boolean trusts(X509Certificate certificate) {
        try {
            KeyStore store = open(trustStore, password, "telar.tls.trust-store");
            for (String alias : Collections.list(store.aliases())) {
                if (issued(certificate, store.getCertificate(alias))) {
                    return true;
                }
            }
            return false;
        } catch (GeneralSecurityException e) {
            throw new RefusedException("telar.tls.trust-store " + trustStore + " cannot be read.", e);
        }
    }

    private static boolean issued(X509Certificate certificate, Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    private static String alias(KeyStore store) throws GeneralSecurityException {
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                return alias;
            }
        }
        throw new GeneralSecurityException("no key in the store");
    }

    public SSLContext context() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(open(keyStore, password, "telar.tls.key-store"), password.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(open(trustStore, password, "telar.tls.trust-store"));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new RefusedException(keyStore + " (telar.tls.key-store) cannot be used: " + e.getMessage() + ".", e);
        }
    }

    /** Our key with its certificates. */
    public KeyStore.PrivateKeyEntry own() {
        try {
            KeyStore keys = open(keyStore, password, "telar.tls.key-store");
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias)) {
                    var protection = new KeyStore.PasswordProtection(password.toCharArray());
                    return (KeyStore.PrivateKeyEntry) keys.getEntry(alias, protection);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new RefusedException(keyStore + " (telar.tls.key-store) cannot be used: " + e.getMessage() + ".", e);
        }
        throw new RefusedException(keyStore + " (telar.tls.key-store) holds no private key.");
    }

    /** Our authorities. */
    public KeyStore trust() {
        return open(trustStore, password, "telar.tls.trust-store");
    }

    /** The common name of a certificate's subject. */
    public static Optional<String> commonName(X509Certificate certificate) {
        try {
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    return Optional.of(rdn.getValue().toString());
                }
            }
        } catch (InvalidNameException noName) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** The first line of a password file. */
    public static String read(Path passwordFile) {
        try {
            return Files.readString(passwordFile, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new RefusedException("the password file " + passwordFile + " cannot be read: " + e + ".", e);
        }
    }

    private static Path required(Optional<String> path, String key, String expected) {
        return path.map(Path::of)
                .orElseThrow(() -> new RefusedException(key + " is not set: it names " + expected + "."));
    }

    private static KeyStore open(Path file, String password, String key) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password.toCharArray());
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new RefusedException(
                    file + " (" + key + ") is not a PKCS#12 file that opens with the password of"
                            + " telar.tls.password-file: " + e.getMessage() + ".",
                    e);
        }
    }

    @Override
    public String toString() {
        return "TlsMaterial[" + keyStore + ", " + trustStore + ", CN=" + commonName + "]";
    }
}
