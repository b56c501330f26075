package org.telar.uplink.mqtt.internal;

import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA of a test, and stores signed by it. */
final class TestPki {
    static final String PASSWORD = "test-only";
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final Path folder;
    private final KeyPair caKeys;
    private final X509Certificate ca;

    TestPki(Path folder, String name) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.caKeys = keys();
        this.ca = certificate(name, caKeys, name, caKeys.getPrivate(), Duration.ofDays(365), true);
        store("trust", null, ca);
        Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    }

    /** Makes a key store; returns its path. */
    Path issue(String name, Duration validity) throws Exception {
        KeyPair pair = keys();
        X509Certificate own = certificate(
                name, pair, ca.getSubjectX500Principal().getName().substring(3), caKeys.getPrivate(), validity, false);
        return store(name, pair.getPrivate(), own, ca);
    }

    Path trust() {
        return folder.resolve("trust.p12");
    }

    Path password() {
        return folder.resolve("password");
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(
            String name, KeyPair pair, String issuer, PrivateKey signer, Duration validity, boolean isCa)
            throws Exception {
        Instant from = Instant.now().minus(Duration.ofDays(400));
        X509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(from),
                Date.from(Instant.now().plus(validity)),
                new X500Name("CN=" + name),
                pair.getPublic());
        b.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
        if (!isCa) {
            GeneralName[] names = name.equals("broker")
                    ? new GeneralName[] {
                        new GeneralName(GeneralName.dNSName, "localhost"),
                        new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                    }
                    : new GeneralName[] {new GeneralName(GeneralName.dNSName, name)};
            b.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(b.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    }

    private Path store(String name, PrivateKey key, Certificate... chain) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (key == null) {
            store.setCertificateEntry("ca", chain[0]);
        } else {
            store.setKeyEntry("own", key, PASSWORD.toCharArray(), chain);
        }
        Path file = folder.resolve(name + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}
