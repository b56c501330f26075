package org.telar.concentrator.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Priority;
import org.telar.acquisition.Reachability;
import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Lane;
import org.telar.api.store.Outbox;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;
import org.telar.api.uplink.DownlinkListener;
import org.telar.concentrator.internal.agenda.AgendaKeeper;
import org.telar.concentrator.internal.load.AbsentClosings;
import org.telar.concentrator.internal.load.ClockKeeper;
import org.telar.concentrator.internal.load.LoadContext;
import org.telar.concentrator.internal.load.LoadRuns;
import org.telar.concentrator.internal.load.LoadWork;
import org.telar.concentrator.internal.load.Recorder;
import org.telar.concentrator.internal.load.StatusWatch;
import org.telar.concentrator.internal.load.Window;
import org.telar.concentrator.internal.orders.OrderDesk;
import org.telar.concentrator.internal.orders.OrderEnvironment;
import org.telar.concentrator.internal.table.MeterTable;
import org.telar.concentrator.internal.table.MeterTableFile;
import org.telar.concentrator.internal.table.TableException;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Result;

/** The agent at work: owns the media, the runs, the orders, the agenda, and the housekeeping of a second. */
public final class Concentrator implements DownlinkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Concentrator.class);
    private static final int MOST_ORDERS = 1_000;
    private static final Duration POSTPONED = Duration.ofMinutes(5);
    private static final Duration SHORT_JOB = Duration.ofMinutes(10);
    private static final Duration SAVE_EVERY = Duration.ofSeconds(10);
    private static final DateTimeFormatter RUN_ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm'Z'").withZone(ZoneOffset.UTC);

    private final Services services;
    private final Settings settings;
    private final MeterTableFile tableFile;
    private final Reachability reachability = new Reachability();
    private final OutboxWriter results;
    private final StatusWatch words;
    private final Memory memory;
    private final Media media;
    private final LoadContext load;
    private final LoadRuns runs;
    private final OrderDesk orders;
    private final AgendaKeeper agenda;
    private final StatusFile status;
    private final ScheduledExecutorService house = Executors.newSingleThreadScheduledExecutor(named("housekeeping"));
    private final ThreadPoolExecutor desk =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_ORDERS), named("orders"));
    private volatile MeterTable table;
    private long savedAt;

    /** @throws StartRefused when there is no meter table that can be used */
    public Concentrator(Services given, Settings settings) throws StartRefused {
        Path folder = given.gateway().dataDirectory();
        this.services = given;
        this.settings = settings;
        this.tableFile = new MeterTableFile(settings.meterTable(), folder.resolve("meters.last-good"));
        try {
            this.table = tableFile.load();
        } catch (TableException e) {
            throw new StartRefused(e.getMessage(), e);
        }
        this.results = new OutboxWriter("results");
        results.attach(services.store());
        this.memory = new Memory(folder);
        memory.restore(reachability);
        this.words = new StatusWatch(folder.resolve("status-words.state"), services.events());
        this.media = new Media(settings.media(), services, reachability, () -> table);
        Recorder recorder = new Recorder(services.store(), services.clockTrust(), words);
        this.load = new LoadContext(
                services.store(),
                recorder,
                new ClockKeeper(services.clockTrust(), services.clock(), services.events(), this::clockLater),
                new AbsentClosings(),
                new Window(memory.firstStart(services.clock()), settings.backfillDays(), settings.retentionDays()),
                settings.statusWords(),
                settings.slotsPerRead(),
                services.clock());
        this.runs = new LoadRuns(
                load,
                () -> table.commissioned(),
                media::submit,
                this::result,
                reachability,
                services.nanos(),
                settings.correctClocks());
        OrderEnvironment env =
                new OrderEnvironment(runs, load, recorder, settings.registers(), media::submit, this::result);
        this.orders = new OrderDesk(services, env, id -> table.find(id), desk);
        this.agenda = new AgendaKeeper(folder, settings.agenda(), services.events(), this::due);
        this.status = new StatusFile(folder.resolve("status.json"));
        reachability.onChange(this::reachabilityChanged);
    }

    /** Starts media and housekeeping. */
    public void start() {
        LOG.info(
                "{} meters, {} of them commissioned",
                table.all().size(),
                table.commissioned().size());
        tableProblems(table);
        media.start();
        house.scheduleWithFixedDelay(this::tick, 0, 1, TimeUnit.SECONDS);
    }

    @Override
    public void received(String kind, byte[] payload) {
        try {
            switch (kind) {
                case "orders" -> orders.take(Contract.decodeOrder(payload));
                case "activities" -> agendaReceived(Contract.decodeAgenda(payload));
                default -> LOG.debug("Nothing for the concentrator: {}", kind);
            }
        } catch (ContractException e) {
            // Poison never stops the flow (R13 of reliability).
            services.events()
                    .event(
                            "MESSAGE_REJECTED",
                            Severity.WARNING,
                            "A message on down/" + kind + " was refused: " + e.getMessage(),
                            Map.of("kind", kind));
        }
    }

    private void agendaReceived(Agenda told) {
        house.execute(() -> agenda.received(told));
    }

    private void result(Result result) {
        if (!results.offer(OutboxKind.RESULT, Lane.URGENT, Contract.encode(result))) {
            LOG.error("A result found no room in the queue to the store: {}", result);
        }
    }

    /** The agenda says that an activity is due. */
    private void due(Agenda.Activity activity, Instant at) {
        String id = activity.name() + "-" + services.gateway().id() + "-" + RUN_ID.format(at);
        switch (activity.type()) {
            case N2PLOAD -> runs.start(id, settings.runDeadline());
            case CLOCK_CHECK -> table.commissioned().forEach(m -> checkClock(id, m));
            case STATUS_POLL -> table.commissioned().forEach(m -> pollStatus(id, m));
        }
    }

    private void checkClock(String id, Meter meter) {
        submit(id, meter, Priority.CONTROL, new LoadWork(load, meter, id, LoadWork.ClockMode.AUTOMATIC));
    }

    private void pollStatus(String id, Meter meter) {
        ReadRequest request = new ReadRequest(List.of(), List.of(), List.of(), true, settings.statusWords());
        submit(id, meter, Priority.TODAY, session -> {
            load.recorder().record(meter, id, session.read(request), Lane.LIVE);
            return false;
        });
    }

    private void clockLater(Meter meter) {
        house.schedule(
                () -> checkClock("clock-" + services.gateway().id(), meter), POSTPONED.toSeconds(), TimeUnit.SECONDS);
    }

    private void submit(String group, Meter meter, Priority lane, Work work) {
        long deadline = services.nanos().getAsLong() + SHORT_JOB.toNanos();
        media.submit(new MeterJob(group, meter, lane, deadline, work, result -> {}));
    }

    private void reachabilityChanged(MeterId meter, Reachability.State now, Optional<Ko> why) {
        boolean lost = now == Reachability.State.UNREACHED;
        if (!lost) {
            // To a probe, an order or a run: what it could not give before is asked for now (R50).
            long deadline = services.nanos().getAsLong() + settings.probeEvery().toNanos();
            table.commissioned().stream().filter(m -> m.id().equals(meter)).forEach(m -> runs.catchUp(m, deadline));
        }
        services.events()
                .event(
                        lost ? "METER_UNREACHED" : "METER_REACHED",
                        lost ? Severity.WARNING : Severity.INFO,
                        meter,
                        lost
                                ? "Meter " + meter + " did not answer several times (" + why.orElse(Ko.METER_SILENT)
                                        + "); it is probed from time to time."
                                : "Meter " + meter + " answers again.");
    }

    private void tick() {
        try {
            tableFile.poll().ifPresent(this::tableChanged);
            agenda.tick(services.clock().instant());
            media.watch();
            long now = services.nanos().getAsLong();
            probe(now);
            if (now - savedAt > SAVE_EVERY.toNanos()) {
                savedAt = now;
                words.save();
                memory.save(reachability);
            }
            writeStatus("running");
        } catch (RuntimeException e) {
            LOG.error("Housekeeping failed, goes on", e);
        }
    }

    private void tableChanged(MeterTable changed) {
        table = changed;
        services.events()
                .event(
                        "METER_TABLE_CHANGED",
                        Severity.INFO,
                        "The meter table now has " + changed.all().size() + " meters.",
                        Map.of("problems", Integer.toString(changed.problems().size())));
        tableProblems(changed);
    }

    private void tableProblems(MeterTable now) {
        if (!now.problems().isEmpty()) {
            services.events()
                    .event(
                            "METER_TABLE_PROBLEMS",
                            Severity.WARNING,
                            now.problems().size() + " problems in the meter table, the first: "
                                    + now.problems().get(0),
                            Map.of());
        }
    }

    /** One short visit, once in a while, to every meter that does not answer. */
    private void probe(long now) {
        for (MeterId id : reachability.probesDue(now, settings.probeEvery())) {
            table.commissioned().stream().filter(m -> m.id().equals(id)).forEach(m -> {
                long deadline = now + settings.probeEvery().toNanos();
                media.submit(new MeterJob("probe", m, Priority.PROBE, deadline, this::probed, result -> {}));
            });
        }
    }

    private boolean probed(MeterSession session) throws MeterException {
        session.read(ReadRequest.probe());
        return false;
    }

    private void writeStatus(String state) {
        Map<String, String> components = new LinkedHashMap<>();
        Outbox.Backlog backlog = new Outbox.Backlog(-1, 0, 0, -1);
        try {
            backlog = services.outbox().backlog();
            components.put("store", "ok");
        } catch (StoreException e) {
            components.put("store", "fault: " + e.getMessage());
        }
        boolean up = services.uplink().isConnected();
        components.put("uplink", up ? "up" : "down");
        components.put(
                "clock",
                services.clockTrust().isTrusted()
                        ? "trusted"
                        : services.clockTrust().reason());
        components.put(
                "meters",
                table.commissioned().size() + " commissioned of " + table.all().size());
        components.putAll(media.states());
        status.write(new StatusFile.Content(
                state,
                up,
                services.outbox().epoch(),
                services.outbox().lastSequence(),
                backlog.entries(),
                backlog.values(),
                runs.progress(),
                components));
    }

    @Override
    public void close() {
        house.shutdownNow();
        desk.shutdownNow();
        media.close();
        results.close();
        words.save();
        memory.save(reachability);
        writeStatus("stopped");
    }

    private static ThreadFactory named(String name) {
        return work -> {
            Thread t = new Thread(work, name);
            t.setDaemon(true);
            return t;
        };
    }
}
