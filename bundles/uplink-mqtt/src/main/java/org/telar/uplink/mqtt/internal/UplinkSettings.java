package org.telar.uplink.mqtt.internal;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What an uplink is told.
 *
 * @param server {@code ssl://host:port}; {@code tcp://} only in tests, where {@code tls} is empty
 * @param gateway name of this gateway: client id and topic
 * @param tls key material; empty for a plain connection
 * @param version of the agent, for the status
 * @param limits sizes
 * @param times deadlines
 */
public record UplinkSettings(
        URI server, String gateway, Optional<TlsFiles> tls, String version, Limits limits, Times times) {

    /**
     * Key material on disk, read anew for every connection, so that a renewed certificate needs no restart.
     *
     * @param keyStore PKCS#12 with the gateway's key and certificate chain
     * @param trustStore PKCS#12 with the CAs of brokers
     * @param keyPassword file whose first line opens the key store
     * @param trustPassword file whose first line opens the trust store
     */
    public record TlsFiles(Path keyStore, Path trustStore, Path keyPassword, Path trustPassword) {}

    /**
     * @param window batches that may wait for their acknowledgement, 1..64
     * @param batchEntries entries of one batch, 1..10000
     * @param batchBytes payload bytes of one batch before deflate, 1 KiB..4 MiB
     */
    public record Limits(int window, int batchEntries, int batchBytes) {
        public static final Limits DEFAULT = new Limits(16, 100, 256 << 10);

        public Limits {
            require("window", window, 1, 64);
            require("batch entries", batchEntries, 1, 10_000);
            require("batch bytes", batchBytes, 1 << 10, 4 << 20);
        }

        private static void require(String what, int value, int min, int max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", got " + value);
            }
        }
    }

    /**
     * @param keepAlive MQTT keep-alive, whole seconds; a dead link is found within twice this
     * @param connect longest wait for the connection, and for each answer of the broker while it is made
     * @param acknowledgement longest wait for the collector's acknowledgement of a batch before the link is suspect
     * @param linger longest wait for a batch to fill; what is urgent does not wait
     * @param backOffMin shortest pause before the next connection
     * @param backOffMax longest pause before the next connection
     */
    public record Times(
            Duration keepAlive,
            Duration connect,
            Duration acknowledgement,
            Duration linger,
            Duration backOffMin,
            Duration backOffMax) {
        public static final Times DEFAULT = new Times(
                Duration.ofSeconds(240),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60));
    }
}
