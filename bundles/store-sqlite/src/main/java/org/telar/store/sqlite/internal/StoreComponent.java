package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.SortedSet;
import java.util.function.LongPredicate;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.platform.EventBuffer;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.GatewayIdentity;
import org.telar.api.platform.OffsetClock;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.Opening;
import org.telar.api.store.Outbox;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.ReadingStore;
import org.telar.api.store.StoreException;

/** The OSGi component around {@link SqliteStore}. */
@Component(
        service = {ReadingStore.class, Outbox.class},
        configurationPid = StoreComponent.PID)
@Designate(ocd = StoreComponent.Config.class)
public final class StoreComponent implements ReadingStore, Outbox {
    static final String PID = "org.telar.store.sqlite";

    @ObjectClassDefinition(id = PID, name = "Telar store", description = "Reading store and outbox on SQLite")
    @interface Config {
        @AttributeDefinition(
                name = "Directory",
                description = "Folder of the store; empty: 'store' under the gateway's data folder")
        String directory() default "";

        @AttributeDefinition(
                name = "Native library folder",
                description = "Where SQLite's library is put; empty: 'lib' under the store's folder")
        String native_directory() default "";

        @AttributeDefinition(
                name = "Retention, days",
                description = "How long acknowledged readings stay, 1 to 3650",
                min = "1",
                max = "3650")
        int retention_days() default 60;

        @AttributeDefinition(
                name = "Limit, MiB",
                description = "Size at which the store counts as full, 1 to 1048576",
                min = "1",
                max = "1048576")
        int limit_mib() default 512;
    }

    private final EventBuffer events = new EventBuffer();
    private final SqliteStore store;

    @Activate
    public StoreComponent(@Reference GatewayIdentity identity, Config config) throws StoreException {
        store = new SqliteStore(settings(identity, config), OffsetClock.ofProcess(), events);
    }

    /** Values out of range are refused here: a configuration service does not enforce them. */
    private static StoreSettings settings(GatewayIdentity identity, Config config) {
        require("retention.days", config.retention_days(), 1, 3650);
        require("limit.mib", config.limit_mib(), 1, 1 << 20);
        Path directory = config.directory().isBlank()
                ? identity.gateway().dataDirectory().resolve("store")
                : Path.of(config.directory());
        StoreSettings settings = StoreSettings.in(directory)
                .withRetention(Duration.ofDays(config.retention_days()))
                .withLimit((long) config.limit_mib() << 20);
        return config.native_directory().isBlank()
                ? settings
                : settings.withNativeDirectory(Path.of(config.native_directory()));
    }

    private static void require(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(PID + ": " + key + " must be " + min + " to " + max + ", got " + value
                    + "; the store is not started");
        }
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

    @Deactivate
    void stop() {
        store.close();
    }

    @Override
    public long commit(Poll poll, Lane lane) throws StoreException {
        return store.commit(poll, lane);
    }

    @Override
    public long append(OutboxKind kind, Lane lane, byte[] payload) throws StoreException {
        return store.append(kind, lane, payload);
    }

    @Override
    public BitSet known(MeterId meter, Obis profile, Instant firstEnd, Duration period, int slots)
            throws StoreException {
        return store.known(meter, profile, firstEnd, period, slots);
    }

    @Override
    public SortedSet<Instant> closings(MeterId meter, TimeRange range) throws StoreException {
        return store.closings(meter, range);
    }

    @Override
    public List<ProfileBlock> profile(MeterId meter, Obis profile, TimeRange range) throws StoreException {
        return store.profile(meter, profile, range);
    }

    @Override
    public List<RegisterSet> registers(MeterId meter, TimeRange range) throws StoreException {
        return store.registers(meter, range);
    }

    @Override
    public long epoch() {
        return store.epoch();
    }

    @Override
    public long lastSequence() {
        return store.lastSequence();
    }

    @Override
    public List<OutboxEntry> pending(int maxEntries, int maxBytes, LongPredicate inFlight) throws StoreException {
        return store.pending(maxEntries, maxBytes, inFlight);
    }

    @Override
    public void acknowledge(Acknowledgement ack) throws StoreException {
        store.acknowledge(ack);
    }

    @Override
    public Opening opening() {
        return store.opening();
    }

    @Override
    public void refused(long epoch) throws StoreException {
        store.refused(epoch);
    }

    @Override
    public void onAdded(Runnable listener) {
        store.onAdded(listener);
    }

    @Override
    public Backlog backlog() throws StoreException {
        return store.backlog();
    }
}
