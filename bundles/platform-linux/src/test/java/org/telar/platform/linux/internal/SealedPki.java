package org.telar.platform.linux.internal;

import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** Certificates and envelopes as a centre makes them, with the whole of Bouncy Castle. */
final class SealedPki {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    /** Somebody with a certificate. */
    record Party(PrivateKey key, X509Certificate certificate) {}

    final Party authority;

    SealedPki() throws Exception {
        KeyPair pair = pair("EC");
        authority = new Party(pair.getPrivate(), certificate("ca", pair, pair.getPrivate(), "CN=ca"));
    }

    Party party(String name, String algorithm) throws Exception {
        KeyPair pair = pair(algorithm);
        return new Party(pair.getPrivate(), certificate(name, pair, authority.key(), "CN=ca"));
    }

    private static KeyPair pair(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("EC") ? 256 : 2048);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(String name, KeyPair pair, PrivateKey signer, String issuer)
            throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Principal(issuer),
                BigInteger.valueOf(System.nanoTime()),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(30))),
                new X500Principal("CN=" + name),
                pair.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    }

    byte[] seal(byte[] content, Party from, Party to) throws Exception {
        CMSEnvelopedDataGenerator enveloped = new CMSEnvelopedDataGenerator();
        if (to.key().getAlgorithm().equals("EC")) {
            KeyPair ephemeral = pair("EC");
            enveloped.addRecipientInfoGenerator(new JceKeyAgreeRecipientInfoGenerator(
                            CMSAlgorithm.ECDH_SHA256KDF,
                            ephemeral.getPrivate(),
                            ephemeral.getPublic(),
                            CMSAlgorithm.AES256_WRAP)
                    .addRecipient(to.certificate())
                    .setProvider(PROVIDER));
        } else {
            enveloped.addRecipientInfoGenerator(
                    new JceKeyTransRecipientInfoGenerator(to.certificate()).setProvider(PROVIDER));
        }
        byte[] sealed = enveloped
                .generate(
                        new CMSProcessableByteArray(content),
                        new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
                                .setProvider(PROVIDER)
                                .build())
                .getEncoded();
        CMSSignedDataGenerator signed = new CMSSignedDataGenerator();
        signed.addSignerInfoGenerator(
                new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(from.key()), from.certificate()));
        signed.addCertificates(new JcaCertStore(List.of(from.certificate())));
        return signed.generate(new CMSProcessableByteArray(CMSObjectIdentifiers.envelopedData, sealed), true)
                .getEncoded();
    }

    /** Key store, trust store and password file of a gateway. */
    void stores(Path folder, Party gateway) throws Exception {
        Path password = folder.resolve("gateway.password");
        Files.writeString(password, "secret\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("gw", gateway.key(), "secret".toCharArray(), new Certificate[] {gateway.certificate()});
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ca", authority.certificate());
        for (String name : List.of("gateway.p12", "trust.p12")) {
            try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
                (name.startsWith("trust") ? trust : own).store(out, "secret".toCharArray());
            }
        }
    }
}
