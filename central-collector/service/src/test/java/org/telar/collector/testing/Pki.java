package org.telar.collector.testing;

import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for one test run. */
public final class Pki {
    public static final String PASSWORD = "test-only";

    private final Path folder;
    private final PrivateKey caKey;
    private final X509Certificate ca;

    public Pki(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        KeyPair pair = pair();
        X500Principal name = new X500Principal("CN=Test authority " + new SecureRandom().nextInt(1 << 30));
        this.ca = sign(name, name, pair, pair.getPrivate(), true, "ca", Duration.ofDays(30));
        this.caKey = pair.getPrivate();
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ca", ca);
        save(trust, trustStore());
        Files.writeString(passwordFile(), PASSWORD + "\n");
    }

    public Path passwordFile() {
        return folder.resolve("password");
    }

    public Path trustStore() {
        return folder.resolve("trust.p12");
    }

    /** Key store of a party; made when it is not there. */
    public Path keyStore(String name) throws Exception {
        return keyStore(name, Duration.ofDays(30));
    }

    public Path keyStore(String name, Duration life) throws Exception {
        Path file = folder.resolve(name + ".p12");
        if (!Files.exists(file)) {
            KeyPair pair = pair();
            X509Certificate certificate = sign(
                    ca.getSubjectX500Principal(),
                    new X500Principal("CN=" + name),
                    pair,
                    caKey,
                    false,
                    "localhost",
                    life);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry(name, pair.getPrivate(), PASSWORD.toCharArray(), new Certificate[] {certificate, ca});
            save(keys, file);
        }
        return file;
    }

    /** With the party's key, or for an empty name without one. */
    public SSLContext context(String name) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(trustStore()));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (!name.isEmpty()) {
            keys.init(load(keyStore(name)), PASSWORD.toCharArray());
        }
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(name.isEmpty() ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static void save(KeyStore store, Path file) throws Exception {
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate sign(
            X500Principal issuer,
            X500Principal subject,
            KeyPair pair,
            PrivateKey key,
            boolean authority,
            String host,
            Duration life)
            throws Exception {
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(100, new SecureRandom()).setBit(99),
                Date.from(now.minus(Duration.ofDays(2))),
                Date.from(now.plus(life)),
                subject,
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!authority) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, host), new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }
}
