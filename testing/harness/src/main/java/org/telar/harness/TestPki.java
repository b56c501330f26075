package org.telar.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
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
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of its own for one data folder: made on the first start, reused afterwards. Each party has a
 * key store and a trust store (PKCS#12) and one file with the password of both, all readable by their owner alone. Key
 * pairs are EC P-256. Not for production: the authority's key lies beside what it signs.
 */
public final class TestPki {
    private static final Duration LIFE = Duration.ofDays(825);
    private static final Duration BACKDATED = Duration.ofDays(1);
    private static final String CA = "ca";
    private static final String TRUST = "-trust.p12";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path folder;
    private final PrivateKey authorityKey;
    private final X509Certificate authority;

    /**
     * Files of one party.
     *
     * @param keyStore PKCS#12 with one key, alias = name of the party
     * @param trustStore PKCS#12 with the authority's certificate
     * @param passwordFile one line: the password of both stores
     */
    public record Identity(Path keyStore, Path trustStore, Path passwordFile) {}

    private TestPki(Path folder, PrivateKey authorityKey, X509Certificate authority) {
        this.folder = folder;
        this.authorityKey = authorityKey;
        this.authority = authority;
    }

    /** Opens the authority in {@code folder}, or makes it. */
    public static TestPki open(Path folder) throws IOException, GeneralSecurityException {
        Files.createDirectories(folder);
        Path store = folder.resolve(CA + ".p12");
        Path passwordFile = folder.resolve(CA + ".password");
        if (!Files.exists(store)) {
            KeyPair pair = newPair();
            X500Principal name = new X500Principal("CN=Telar test authority " + RANDOM.nextInt(1 << 30));
            X509Certificate certificate = sign(builder(name, name, pair), pair.getPrivate(), true, List.of());
            writeStore(store, passwordFile, CA, pair.getPrivate(), certificate);
            writeNew(folder.resolve(CA + ".crt"), pem(certificate).getBytes(StandardCharsets.US_ASCII));
        }
        char[] password = Files.readString(passwordFile).strip().toCharArray();
        KeyStore ca = load(store, password);
        return new TestPki(folder, (PrivateKey) ca.getKey(CA, password), (X509Certificate) ca.getCertificate(CA));
    }

    /** The authority's certificate. */
    public X509Certificate authority() {
        return authority;
    }

    /** The authority's certificate as PEM, for {@code curl --cacert}. */
    public Path authorityPem() {
        return folder.resolve(CA + ".crt");
    }

    /** Server of this machine: {@code localhost}, {@code 127.0.0.1}, {@code ::1}; may also act as a client. */
    public Identity server(String name) throws IOException, GeneralSecurityException {
        return identity(
                name,
                List.of(
                        new GeneralName(GeneralName.dNSName, "localhost"),
                        new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                        new GeneralName(GeneralName.iPAddress, "::1")));
    }

    /** A gateway: common name and subject alternative name are its id (S16). */
    public Identity gateway(String id) throws IOException, GeneralSecurityException {
        return identity(id, List.of(new GeneralName(GeneralName.dNSName, id)));
    }

    private Identity identity(String name, List<GeneralName> names) throws IOException, GeneralSecurityException {
        Identity files = new Identity(
                folder.resolve(name + ".p12"), folder.resolve(name + TRUST), folder.resolve(name + ".password"));
        if (!Files.exists(files.trustStore())) {
            KeyPair pair = newPair();
            X500Principal subject = new X500Principal("CN=" + name);
            X509Certificate certificate =
                    sign(builder(authority.getSubjectX500Principal(), subject, pair), authorityKey, false, names);
            writeStore(files.keyStore(), files.passwordFile(), name, pair.getPrivate(), certificate, authority);
            char[] password = Files.readString(files.passwordFile()).strip().toCharArray();
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry(CA, authority);
            save(trust, files.trustStore(), password);
        }
        return files;
    }

    private static JcaX509v3CertificateBuilder builder(X500Principal issuer, X500Principal subject, KeyPair pair) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, RANDOM).setBit(119),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(LIFE)),
                subject,
                pair.getPublic());
    }

    private static X509Certificate sign(
            JcaX509v3CertificateBuilder builder, PrivateKey key, boolean authority, List<GeneralName> names)
            throws IOException, GeneralSecurityException {
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            int usage = authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature;
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            if (!authority) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }));
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("this JDK cannot sign with ECDSA", e);
        }
    }

    private static KeyPair newPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    private static void writeStore(Path store, Path passwordFile, String alias, PrivateKey key, Certificate... chain)
            throws IOException, GeneralSecurityException {
        byte[] raw = new byte[24];
        RANDOM.nextBytes(raw);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
        writeNew(passwordFile, (password + "\n").getBytes(StandardCharsets.US_ASCII));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(alias, key, password.toCharArray(), chain);
        save(keys, store, password.toCharArray());
    }

    private static void save(KeyStore store, Path file, char[] password) throws IOException, GeneralSecurityException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        writeNew(fresh, new byte[0]);
        try (OutputStream out = Files.newOutputStream(fresh)) {
            store.store(out, password);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static KeyStore load(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    /** Writes a file that is readable by its owner alone from its first byte on. */
    private static void writeNew(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, content);
    }

    private static String pem(X509Certificate certificate) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter out = new JcaPEMWriter(text)) {
            out.writeObject(certificate);
        }
        return text.toString();
    }
}
