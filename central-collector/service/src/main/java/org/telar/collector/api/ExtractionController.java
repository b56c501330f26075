package org.telar.collector.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.BadInput;
import org.telar.collector.extraction.Extractions;

/** Local extractions of gateways (R46). */
@RestController
@RequestMapping("/api/v1/extractions")
class ExtractionController {
    private static final long LARGEST_MB = 1024;

    private final Extractions extractions;

    ExtractionController(Extractions extractions) {
        this.extractions = extractions;
    }

    /** Takes a file in; sent again it changes nothing. */
    @PostMapping(consumes = {MediaType.APPLICATION_OCTET_STREAM_VALUE, "application/pkcs7-mime"})
    Extractions.Extraction take(InputStream body) throws IOException {
        Path file = Files.createTempFile("telar-extraction", ".p7m");
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), sha256)) {
                copy(body, out);
            }
            return extractions.take(file, sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = LARGEST_MB << 20;
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            left -= n;
            if (left < 0) {
                throw new BadInput("EXTRACTION_TOO_LARGE", LARGEST_MB);
            }
            to.write(buffer, 0, n);
        }
    }

    @GetMapping
    Page<Extractions.Extraction> list(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, extractions.count(), extractions::list, e -> e);
    }
}
