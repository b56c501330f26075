package org.telar.concentrator.internal;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.acquisition.JobResult;
import org.telar.acquisition.Medium;
import org.telar.acquisition.MediumConfig;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.MeterLocks;
import org.telar.acquisition.Reachability;
import org.telar.api.meter.Meter;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.platform.EventSink.Severity;
import org.telar.concentrator.internal.table.MeterTable;

/** All media of the concentrator; tells the centre of refused keys, foreign identities and faulty media. Thread-safe. */
final class Media implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Media.class);

    private final Services services;
    private final Supplier<MeterTable> table;
    private final Map<String, Medium> media = new LinkedHashMap<>();
    private final Set<String> faulty = ConcurrentHashMap.newKeySet();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final Map<MeterId, Ko> told = new ConcurrentHashMap<>();
    private final Paths paths = new Paths();
    private final BiConsumer<MeterId, Ko> lost;
    private volatile boolean closing;

    /** @param lost told of a meter that was not reached over either of its two paths */
    Media(
            List<MediumConfig> configs,
            Services services,
            Reachability reachability,
            Supplier<MeterTable> table,
            BiConsumer<MeterId, Ko> lost) {
        this.lost = lost;
        this.services = services;
        this.table = table;
        ThreadFactory threads = work -> {
            Thread t = new Thread(work);
            t.setDaemon(true);
            return t;
        };
        MeterLocks locks = new MeterLocks();
        for (MediumConfig c : configs) {
            Medium.Environment env = new Medium.Environment(
                    services.channels(),
                    services.drivers(),
                    services.keys(),
                    reachability,
                    services.clock(),
                    services.nanos(),
                    threads,
                    locks);
            if (media.put(c.name(), new Medium(c, env)) != null) {
                throw new IllegalArgumentException("medium " + c.name() + " is configured twice");
            }
        }
    }

    void start() {
        media.values().forEach(Medium::start);
    }

    /** Queues a job on its meter's medium; a meter with two paths is tried over the other when one fails (R80). */
    void submit(MeterJob job) {
        Meter meter = job.meter();
        Meter over =
                paths.current(meter, isDown(meter.medium()), services.nanos().getAsLong());
        submit(job, over, Paths.other(meter, over));
    }

    private boolean isDown(String name) {
        Medium medium = media.get(name);
        return medium == null || medium.fault().isPresent();
    }

    private void submit(MeterJob job, Meter over, Optional<Meter> other) {
        Medium medium = media.get(over.medium());
        if (medium == null) {
            ended(
                    job,
                    over,
                    other,
                    new JobResult.Unreached(
                            Ko.CONCENTRATOR_FAULT,
                            "medium " + over.medium() + " of meter " + over.id()
                                    + " is not in the configuration, which has " + media.keySet(),
                            0));
            return;
        }
        medium.submit(new MeterJob(
                job.group(),
                over,
                job.priority(),
                job.deadline(),
                job.work(),
                result -> ended(job, over, other, result)));
    }

    private void ended(MeterJob job, Meter over, Optional<Meter> other, JobResult result) {
        long now = services.nanos().getAsLong();
        if (result instanceof JobResult.Unreached u
                && other.isPresent()
                && Paths.mayHelp(u.ko())
                && job.deadline() - now > 0
                && !closing) {
            LOG.info(
                    "Meter {}: {} over {}, tried over {}",
                    over.id(),
                    u.ko(),
                    over.medium(),
                    other.get().medium());
            submit(job, other.get(), Optional.empty());
            return;
        }
        if (result instanceof JobResult.Reached && paths.worked(job.meter(), over, now)) {
            services.events()
                    .event(
                            "METER_PATH_CHANGED",
                            Severity.WARNING,
                            over.id().number(),
                            "Meter " + over.id() + " is reached over " + over.medium() + " now.",
                            Map.of("path", over.medium()));
        }
        if (result instanceof JobResult.Unreached u
                && Paths.mayHelp(u.ko())
                && Paths.second(job.meter()).isPresent()) {
            lost.accept(over.id(), u.ko());
        }
        tell(job, result);
        job.done().accept(result);
    }

    /** The medium with this address. */
    Optional<String> at(URI address) {
        return media.values().stream()
                .map(Medium::config)
                .filter(c -> c.address().equals(address))
                .map(MediumConfig::name)
                .findFirst();
    }

    /** @param medium where a meter joined instead of its own; empty when it is at home */
    void roams(Meter meter, Optional<String> medium) {
        paths.roams(meter, medium);
    }

    void left(Meter meter, String medium) {
        paths.left(meter, medium);
    }

    /** Ends waiting jobs. @return how many */
    int cancel(Predicate<MeterJob> which, Ko ko, String detail) {
        AtomicInteger ended = new AtomicInteger();
        media.values()
                .forEach(m -> m.cancel(
                        job -> {
                            boolean hit = which.test(job);
                            ended.addAndGet(hit ? 1 : 0);
                            return hit;
                        },
                        ko,
                        detail));
        return ended.get();
    }

    private void tell(MeterJob job, JobResult result) {
        MeterId meter = job.meter().id();
        if (!(result instanceof JobResult.Unreached u)) {
            told.remove(meter);
            return;
        }
        String code =
                switch (u.ko()) {
                    case AUTH_FAILED -> "METER_AUTH_FAIL";
                    case IDENTITY -> isOfAnother(u.detail(), job) ? "METER_ADDRESS_MISMATCH" : "METER_REPLACED";
                    case CLOCK_UNRESOLVED -> "METER_CLOCK_UNRESOLVED";
                    case PROTOCOL -> "METER_PROTOCOL_ERROR";
                    default -> "";
                };
        // Once until the meter is well again, not once an attempt.
        if (!code.isEmpty() && told.put(meter, u.ko()) != u.ko()) {
            services.events()
                    .event(
                            code,
                            Severity.WARNING,
                            meter.number(),
                            u.detail(),
                            Map.of("medium", job.meter().medium()));
        }
    }

    /** Another meter of the table answered: addresses were swapped (D1). */
    private boolean isOfAnother(String detail, MeterJob job) {
        return table.get().all().stream()
                .filter(e -> !e.meter().id().equals(job.meter().id()))
                .anyMatch(e -> detail.contains(e.meter().identity()));
    }

    /** Raises and clears the fault of a medium that cannot be opened. Called by housekeeping. */
    void watch() {
        media.forEach((name, medium) -> {
            Optional<String> fault = medium.fault();
            if (fault.isPresent() && faulty.add(name)) {
                services.events()
                        .event(
                                "MEDIUM_FAULT",
                                Severity.CRITICAL,
                                "Medium " + name + " cannot be opened: " + fault.get() + ". It is tried again.",
                                Map.of("medium", name));
            } else if (fault.isEmpty() && faulty.remove(name)) {
                services.events()
                        .event("MEDIUM_OK", Severity.INFO, "Medium " + name + " works again.", Map.of("medium", name));
            }
            watchSilence(name, medium);
        });
    }

    /** A line or base node that opens, and on which nobody answers any more (R33). */
    private void watchSilence(String name, Medium medium) {
        if (medium.isSilent() && silent.add(name)) {
            services.events()
                    .event(
                            "MEDIUM_SILENT",
                            Severity.CRITICAL,
                            "Medium " + name + " is open, but none of its meters answers any more.",
                            Map.of("medium", name));
        } else if (!medium.isSilent() && silent.remove(name)) {
            services.events()
                    .event(
                            "MEDIUM_ANSWERS",
                            Severity.INFO,
                            "Meters of medium " + name + " answer again.",
                            Map.of("medium", name));
        }
    }

    /** State of every medium in a word, for people. */
    Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        media.forEach((name, m) -> states.put(
                "medium:" + name, m.fault().map(f -> "fault: " + f).orElse("ok, " + m.queued() + " waiting")));
        return states;
    }

    @Override
    public void close() {
        closing = true;
        // Together, so that stopping takes as long as the slowest and not as long as all.
        List<Thread> closing = media.values().stream()
                .map(m -> new Thread(m::close, "close-" + m.config().name()))
                .toList();
        closing.forEach(Thread::start);
        for (Thread t : closing) {
            try {
                t.join(Duration.ofSeconds(6).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
