package org.telar.uplink.mqtt.internal;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.telar.api.platform.CollectorTime;
import org.telar.api.platform.EventBuffer;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.GatewayIdentity;
import org.telar.api.platform.OffsetClock;
import org.telar.api.store.Outbox;
import org.telar.api.uplink.DownlinkListener;
import org.telar.api.uplink.Uplink;

/** The OSGi component around {@link MqttUplink}. */
@Component(
        service = Uplink.class,
        immediate = true,
        configurationPid = UplinkComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = UplinkComponent.Config.class)
public final class UplinkComponent implements Uplink {
    static final String PID = "org.telar.uplink.mqtt";

    @ObjectClassDefinition(id = PID, name = "Telar uplink", description = "MQTT 5 over TLS 1.3 to the centre")
    @interface Config {
        @AttributeDefinition(name = "Broker", description = "ssl://host:port; the certificate must be of this host")
        String url();

        @AttributeDefinition(name = "Key store", description = "PKCS#12 file with the gateway's key and certificate")
        String key_store();

        @AttributeDefinition(name = "Trust store", description = "PKCS#12 file with the CAs of the broker")
        String trust_store();

        @AttributeDefinition(name = "Password file", description = "File whose first line opens the key store")
        String password_file();

        @AttributeDefinition(
                name = "Trust store password file",
                description = "File whose first line opens the trust store; empty: the same")
        String trust_password_file() default "";

        @AttributeDefinition(name = "Keep-alive, seconds", description = "5 to 3600", min = "5", max = "3600")
        int keep_alive_seconds() default 240;

        @AttributeDefinition(
                name = "Acknowledgement deadline, seconds",
                description = "1 to 600; then the link is suspect and made anew",
                min = "1",
                max = "600")
        int acknowledgement_seconds() default 30;

        @AttributeDefinition(
                name = "Window",
                description = "Batches that may wait for their acknowledgement, 1 to 64",
                min = "1",
                max = "64")
        int window() default 16;

        @AttributeDefinition(name = "Batch, entries", description = "1 to 10000", min = "1", max = "10000")
        int batch_entries() default 100;

        @AttributeDefinition(name = "Batch, KiB", description = "1 to 4096", min = "1", max = "4096")
        int batch_kib() default 256;

        @AttributeDefinition(
                name = "Linger, milliseconds",
                description = "Longest wait for a batch to fill, 0 to 60000",
                min = "0",
                max = "60000")
        int linger_millis() default 500;

        @AttributeDefinition(
                name = "Shortest pause, milliseconds",
                description = "Before the next connection, 10 to 60000",
                min = "10",
                max = "60000")
        int back_off_min_millis() default 1000;

        @AttributeDefinition(
                name = "Longest pause, milliseconds",
                description = "Before the next connection, 10 to 3600000",
                min = "10",
                max = "3600000")
        int back_off_max_millis() default 60000;
    }

    private final EventBuffer events = new EventBuffer();
    private final List<CollectorTime> clocks = new CopyOnWriteArrayList<>();
    private final MqttUplink uplink;

    @Activate
    public UplinkComponent(@Reference GatewayIdentity identity, @Reference Outbox outbox, Config config) {
        uplink = new MqttUplink(
                settings(identity.gateway().id(), config), outbox, this::seen, events, OffsetClock.ofProcess());
        uplink.start();
    }

    private void seen(Instant collectorTime, Instant hostTime) {
        clocks.forEach(c -> c.seen(collectorTime, hostTime));
    }

    /** Values out of range are refused here: a configuration service does not enforce them. */
    static UplinkSettings settings(String gateway, Config c) {
        Path password = file("password.file", c.password_file());
        UplinkSettings.TlsFiles tls = new UplinkSettings.TlsFiles(
                file("key.store", c.key_store()),
                file("trust.store", c.trust_store()),
                password,
                c.trust_password_file().isBlank() ? password : Path.of(c.trust_password_file()));
        int longest = within("back.off.max.millis", c.back_off_max_millis(), 10, 3_600_000);
        return new UplinkSettings(
                server(c.url()),
                gateway,
                Optional.of(tls),
                version(),
                new UplinkSettings.Limits(
                        within("window", c.window(), 1, 64),
                        within("batch.entries", c.batch_entries(), 1, 10_000),
                        within("batch.kib", c.batch_kib(), 1, 4_096) << 10),
                new UplinkSettings.Times(
                        Duration.ofSeconds(within("keep.alive.seconds", c.keep_alive_seconds(), 5, 3_600)),
                        UplinkSettings.Times.DEFAULT.connect(),
                        Duration.ofSeconds(within("acknowledgement.seconds", c.acknowledgement_seconds(), 1, 600)),
                        Duration.ofMillis(within("linger.millis", c.linger_millis(), 0, 60_000)),
                        Duration.ofMillis(within("back.off.min.millis", c.back_off_min_millis(), 10, longest)),
                        Duration.ofMillis(longest)));
    }

    private static String version() {
        return Optional.ofNullable(UplinkComponent.class.getPackage().getImplementationVersion())
                .orElse("");
    }

    private static URI server(String url) {
        URI uri = URI.create(String.valueOf(url));
        boolean known = List.of("ssl", "mqtts", "tls").contains(String.valueOf(uri.getScheme()));
        if (!known || uri.getHost() == null || uri.getPort() < 1) {
            throw new IllegalArgumentException(
                    PID + ": url must be ssl://host:port, got " + url + "; the uplink is not started");
        }
        return uri;
    }

    private static Path file(String key, String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(PID + ": " + key + " must name a file; the uplink is not started");
        }
        return Path.of(value);
    }

    private static int within(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(PID + ": " + key + " must be " + min + " to " + max + ", got " + value
                    + "; the uplink is not started");
        }
        return value;
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindEvents(EventSink sink) {
        events.connect(sink);
    }

    void unbindEvents(EventSink sink) {
        events.disconnect(sink);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindDownlink(DownlinkListener listener) {
        uplink.addListener(listener);
    }

    void unbindDownlink(DownlinkListener listener) {
        uplink.removeListener(listener);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindClock(CollectorTime clock) {
        clocks.add(clock);
    }

    void unbindClock(CollectorTime clock) {
        clocks.remove(clock);
    }

    @Deactivate
    void stop() {
        uplink.close();
    }

    @Override
    public boolean isConnected() {
        return uplink.isConnected();
    }

    @Override
    public void publishTransient(String topic, byte[] payload) {
        uplink.publishTransient(topic, payload);
    }
}
