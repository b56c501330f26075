package org.telar.collector.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.springframework.stereotype.Component;
import org.telar.api.meter.MeterKeys;
import org.telar.collector.RefusedException;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.platform.DataFolder;

/**
 * Wraps meters' keys for the database: AES-256-GCM under a key of the collector's own, bound to the meter's number, so
 * that a wrapped key moved to another meter does not open (S25). The key encryption key is a file that only its owner
 * reads, made at the first start; instances that share a database share it ({@code telar.keys.file}). Thread-safe.
 */
@Component
class KeySafe {
    private static final int KEY_BYTES = 32;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final SecretKey key;
    private final SecureRandom random = new SecureRandom();

    KeySafe(CollectorSettings settings, DataFolder data) {
        Path file = settings.keys().file().map(Path::of).orElse(data.root().resolve("key-encryption-key"));
        this.key = new SecretKeySpec(load(file), "AES");
    }

    private byte[] load(Path file) {
        try {
            if (!Files.exists(file)) {
                byte[] fresh = new byte[KEY_BYTES];
                random.nextBytes(fresh);
                DataFolder.writeSecret(file, Base64.getEncoder().encodeToString(fresh) + "\n");
                return fresh;
            }
            byte[] kept = Base64.getDecoder().decode(Files.readString(file).strip());
            if (kept.length != KEY_BYTES) {
                throw new RefusedException("telar.keys.file " + file + " holds " + kept.length + " bytes, expected "
                        + KEY_BYTES + " in Base64.");
            }
            return kept;
        } catch (IllegalArgumentException e) {
            throw new RefusedException("telar.keys.file " + file + " is no Base64.", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the key encryption key in " + file + " cannot be read or made", e);
        }
    }

    byte[] wrap(String meter, MeterKeys keys) {
        byte[] clear = ByteBuffer.allocate(
                        3 + keys.password().length + keys.encryptionKey().length + keys.authenticationKey().length)
                .put((byte) keys.password().length)
                .put(keys.password())
                .put((byte) keys.encryptionKey().length)
                .put(keys.encryptionKey())
                .put((byte) keys.authenticationKey().length)
                .put(keys.authenticationKey())
                .array();
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, meter).doFinal(clear);
            return ByteBuffer.allocate(NONCE + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** @throws IllegalStateException when it is another meter's, or of another key encryption key */
    MeterKeys unwrap(String meter, byte[] wrapped) {
        try {
            byte[] nonce = Arrays.copyOf(wrapped, NONCE);
            byte[] clear = cipher(Cipher.DECRYPT_MODE, nonce, meter).doFinal(wrapped, NONCE, wrapped.length - NONCE);
            ByteBuffer in = ByteBuffer.wrap(clear);
            MeterKeys keys = new MeterKeys(part(in), part(in), part(in));
            Arrays.fill(clear, (byte) 0);
            return keys;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the keys of meter " + meter + " cannot be opened: the key encryption key is not the one they were"
                            + " wrapped with, or they were another meter's",
                    e);
        }
    }

    private static byte[] part(ByteBuffer in) {
        byte[] part = new byte[in.get() & 0xFF];
        in.get(part);
        return part;
    }

    private Cipher cipher(int mode, byte[] nonce, String meter) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(meter.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
