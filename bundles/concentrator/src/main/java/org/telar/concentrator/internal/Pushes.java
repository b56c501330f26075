package org.telar.concentrator.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.Push;
import org.telar.api.meter.PushListener;
import org.telar.api.model.Poll;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.concentrator.internal.load.StatusWatch;
import org.telar.concentrator.internal.table.MeterEntry;
import org.telar.concentrator.internal.table.MeterTable;

/**
 * What meters say unasked (D16): words of a proven sender become a reading and, on change, an event, at once. What is no proof
 * (not ciphered, from a meter that could) only makes the agent ask that meter. Nothing is dropped: what nobody understands
 * goes up raw. Thread-safe.
 */
final class Pushes implements PushListener {
    private static final Logger LOG = LoggerFactory.getLogger(Pushes.class);
    private static final int MOST_BYTES = 400;
    private static final int MOST_REMEMBERED = 1_000;
    private static final Duration REMIND = Duration.ofHours(1);

    private final Services services;
    private final Supplier<MeterTable> table;
    private final StatusWatch words;
    private final Consumer<Meter> ask;
    private final Executor executor;
    private final Map<String, Instant> told = new ConcurrentHashMap<>();

    /**
     * @param ask reads the status of a meter soon
     * @param executor whoever hears a push must not wait for the store
     */
    Pushes(Services services, Supplier<MeterTable> table, StatusWatch words, Consumer<Meter> ask, Executor executor) {
        this.services = services;
        this.table = table;
        this.words = words;
        this.ask = ask;
        this.executor = executor;
    }

    @Override
    public Optional<Sender> at(String medium, String source) {
        return table.get().all().stream()
                .map(MeterEntry::meter)
                .filter(m -> isAt(m, medium, source)
                        || Paths.second(m).filter(s -> isAt(s, medium, source)).isPresent())
                .findFirst()
                .map(m -> new Sender(m, services.keys().keysOf(m.id()).orElse(MeterKeys.EMPTY)));
    }

    private static boolean isAt(Meter meter, String medium, String source) {
        return meter.medium().equals(medium) && meter.address().equals(source);
    }

    @Override
    public void pushed(Push push) {
        try {
            executor.execute(() -> take(push));
        } catch (RejectedExecutionException e) {
            LOG.warn("A push found no room: {}", push);
        }
    }

    private void take(Push push) {
        Optional<Meter> meter = push.meter().flatMap(id -> table.get().find(id)).map(MeterEntry::meter);
        if (meter.isEmpty()) {
            raw(
                    push,
                    "METER_PUSH_UNKNOWN",
                    "",
                    "Somebody at " + push.source() + " on " + push.medium()
                            + " pushes, who is not in the meter table.");
            return;
        }
        Meter known = meter.get();
        if (push.identity().isPresent() && !push.identity().get().equals(known.identity())) {
            raw(
                    push,
                    "METER_ADDRESS_MISMATCH",
                    known.id().number(),
                    "A push from the address of meter " + known.id() + " is signed by "
                            + push.identity().get() + " (D1).");
            return;
        }
        if (push.service() == Push.Service.UNKNOWN || push.words().isEmpty()) {
            raw(push, "METER_PUSH", known.id().number(), "Meter " + known.id() + " pushed what holds no status word.");
        } else if (push.isProtected() || known.authentication() != Authentication.HLS5) {
            commit(push, known);
        }
        if (!push.isProtected() || push.words().isEmpty()) {
            ask.accept(known);
        }
    }

    private void commit(Push push, Meter meter) {
        Poll poll = new Poll(
                meter.id(),
                push.receivedAt().truncatedTo(ChronoUnit.SECONDS),
                push.medium(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                push.words());
        try {
            services.store().commit(poll, Lane.URGENT);
            words.seen(meter.id(), push.words());
        } catch (StoreException e) {
            LOG.warn("A push of meter {} is not in the store, the meter is asked: {}", meter.id(), e.getMessage());
            ask.accept(meter);
        }
    }

    /** Once an hour from one source: a device that repeats itself must not fill the outbox. */
    private void raw(Push push, String code, String meter, String text) {
        Instant now = push.receivedAt();
        String key = code + " " + push.medium() + " " + push.source();
        Instant last = told.get(key);
        if (last != null && Duration.between(last, now).compareTo(REMIND) < 0) {
            return;
        }
        if (told.size() >= MOST_REMEMBERED) {
            told.clear();
        }
        told.put(key, now);
        byte[] apdu = push.apdu();
        String hex = HexFormat.of().formatHex(apdu, 0, Math.min(apdu.length, MOST_BYTES));
        services.events()
                .event(
                        code,
                        Severity.WARNING,
                        meter,
                        text,
                        Map.of("medium", push.medium(), "source", push.source(), "apdu", hex));
    }
}
