package org.telar.concentrator.internal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

import org.telar.acquisition.JobResult;
import org.telar.acquisition.Medium;
import org.telar.acquisition.MediumConfig;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Reachability;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.platform.EventSink.Severity;
import org.telar.concentrator.internal.table.MeterTable;

/** All media of the concentrator; tells the centre of refused keys, foreign identities and faulty media. Thread-safe. */
final class Media implements AutoCloseable {
    private final Services services;
    private final Supplier<MeterTable> table;
    private final Map<String, Medium> media = new LinkedHashMap<>();
    private final Set<String> faulty = ConcurrentHashMap.newKeySet();
    private final Map<MeterId, Ko> told = new ConcurrentHashMap<>();

    Media(List<MediumConfig> configs, Services services, Reachability reachability, Supplier<MeterTable> table) {
        this.services = services;
        this.table = table;
        ThreadFactory threads = work -> {
            Thread t = new Thread(work);
            t.setDaemon(true);
            return t;
        };
        for (MediumConfig c : configs) {
            Medium.Environment env = new Medium.Environment(
                    services.channels(),
                    services.drivers(),
                    services.keys(),
                    reachability,
                    services.clock(),
                    services.nanos(),
                    threads);
            if (media.put(c.name(), new Medium(c, env)) != null) {
                throw new IllegalArgumentException("medium " + c.name() + " is configured twice");
            }
        }
    }

    void start() {
        media.values().forEach(Medium::start);
    }

    /** Queues a job on its meter's medium. */
    void submit(MeterJob job) {
        Medium medium = media.get(job.meter().medium());
        if (medium == null) {
            job.done()
                    .accept(new JobResult.Unreached(
                            Ko.CONCENTRATOR_FAULT,
                            "medium " + job.meter().medium() + " of meter "
                                    + job.meter().id() + " is not in the configuration, which has " + media.keySet(),
                            0));
            return;
        }
        medium.submit(new MeterJob(job.group(), job.meter(), job.priority(), job.deadline(), job.work(), result -> {
            tell(job, result);
            job.done().accept(result);
        }));
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
        });
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
