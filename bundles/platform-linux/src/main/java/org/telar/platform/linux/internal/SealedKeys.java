package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.api.platform.DurableFile;

/**
 * Keys that came from the centre, on disk under a key of this gateway's own: AES-256-GCM, the key in a file of its owner's
 * (D17, S49). A file that was copied away is of no use without the other. Thread-safe.
 */
final class SealedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(SealedKeys.class);
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;
    private final Path localKey;
    private Map<MeterId, MeterKeys> keys = Map.of();
    private long version;

    SealedKeys(Path folder) {
        this.file = folder.resolve("keys.sealed");
        this.localKey = folder.resolve("local.key");
        try {
            Optional<String> text = DurableFile.read(file);
            if (text.isPresent()) {
                unseal(text.get());
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            // The centre sends them again; until then the gateway's own file counts.
            LOG.error(
                    "{}: the centre's keys cannot be used: {}",
                    file,
                    e.getClass().getSimpleName());
        }
    }

    synchronized Optional<MeterKeys> keysOf(MeterId meter) {
        return Optional.ofNullable(keys.get(meter));
    }

    synchronized long version() {
        return version;
    }

    synchronized void install(long told, Map<MeterId, MeterKeys> given) throws IOException {
        StringBuilder text = new StringBuilder();
        HexFormat hex = HexFormat.of();
        given.forEach((meter, k) -> text.append(meter)
                .append(',')
                .append(hex.formatHex(k.password()))
                .append(',')
                .append(hex.formatHex(k.encryptionKey()))
                .append(',')
                .append(hex.formatHex(k.authenticationKey()))
                .append('\n'));
        byte[] plain = text.toString().getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] nonce = new byte[NONCE_BYTES];
            RANDOM.nextBytes(nonce);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, told).doFinal(plain);
            Base64.Encoder base64 = Base64.getEncoder();
            DurableFile.write(file, told + " " + base64.encodeToString(nonce) + " " + base64.encodeToString(sealed));
        } catch (GeneralSecurityException e) {
            throw new IOException("keys cannot be sealed: " + e.getMessage(), e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
        keys = Map.copyOf(given);
        version = told;
    }

    private void unseal(String text) throws IOException, GeneralSecurityException {
        String[] f = text.strip().split(" ");
        if (f.length != 3) {
            throw new IOException("three parts expected");
        }
        long told = Long.parseLong(f[0]);
        Base64.Decoder base64 = Base64.getDecoder();
        byte[] plain = cipher(Cipher.DECRYPT_MODE, base64.decode(f[1]), told).doFinal(base64.decode(f[2]));
        Map<MeterId, MeterKeys> read = new HashMap<>();
        HexFormat hex = HexFormat.of();
        new String(plain, StandardCharsets.US_ASCII).lines().forEach(line -> {
            String[] c = line.split(",", -1);
            read.put(new MeterId(c[0]), new MeterKeys(hex.parseHex(c[1]), hex.parseHex(c[2]), hex.parseHex(c[3])));
        });
        Arrays.fill(plain, (byte) 0);
        keys = read;
        version = told;
    }

    /** The version is bound to the content: an older file cannot pass for a newer one. */
    private Cipher cipher(int mode, byte[] nonce, long told) throws IOException, GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(localKey(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(("telar keys " + told).getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }

    private byte[] localKey() throws IOException {
        if (!Files.exists(localKey)) {
            byte[] fresh = new byte[KEY_BYTES];
            RANDOM.nextBytes(fresh);
            Path temp = localKey.resolveSibling(localKey.getFileName() + ".tmp");
            Files.deleteIfExists(temp);
            Files.createFile(temp, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(temp, fresh);
            Files.move(temp, localKey, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
        PrivateFile.require(localKey);
        byte[] key = Files.readAllBytes(localKey);
        if (key.length != KEY_BYTES) {
            throw new IOException(localKey + ": " + KEY_BYTES + " bytes expected");
        }
        return key;
    }
}
