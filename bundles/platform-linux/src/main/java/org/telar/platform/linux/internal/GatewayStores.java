package org.telar.platform.linux.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;

/**
 * The gateway's own key and the authorities that it trusts: the same stores as the link's, read anew for every envelope,
 * because certificates are renewed (S23).
 */
final class GatewayStores {
    private final String keyStore;
    private final String trustStore;
    private final String passwordFile;
    private final String centre;

    /** @param centre name of the centre's certificate */
    GatewayStores(String keyStore, String trustStore, String passwordFile, String centre) {
        this.keyStore = keyStore;
        this.trustStore = trustStore;
        this.passwordFile = passwordFile;
        this.centre = centre;
    }

    Envelope envelope() throws GeneralSecurityException {
        if (keyStore.isEmpty() || trustStore.isEmpty() || passwordFile.isEmpty() || centre.isEmpty()) {
            throw new GeneralSecurityException("key store, trust store, password file and the collector's name are"
                    + " not configured: keys of the centre cannot be taken");
        }
        char[] password = new char[0];
        try {
            PrivateFile.require(Path.of(passwordFile));
            password = Files.readString(Path.of(passwordFile)).strip().toCharArray();
            KeyStore own = load(keyStore, password);
            for (String alias : Collections.list(own.aliases())) {
                if (own.isKeyEntry(alias)) {
                    return new Envelope(
                            (PrivateKey) own.getKey(alias, password), anchors(password), centre, new Date());
                }
            }
            throw new GeneralSecurityException(keyStore + " holds no key");
        } catch (IOException e) {
            throw new GeneralSecurityException("the gateway's stores cannot be read: " + e.getMessage(), e);
        } finally {
            Arrays.fill(password, ' ');
        }
    }

    private Set<TrustAnchor> anchors(char[] password) throws IOException, GeneralSecurityException {
        KeyStore trust = load(trustStore, password);
        Set<TrustAnchor> anchors = new HashSet<>();
        for (String alias : Collections.list(trust.aliases())) {
            if (trust.getCertificate(alias) instanceof X509Certificate c) {
                anchors.add(new TrustAnchor(c, null));
            }
        }
        return anchors;
    }

    private static KeyStore load(String file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            store.load(in, password);
        }
        return store;
    }
}
