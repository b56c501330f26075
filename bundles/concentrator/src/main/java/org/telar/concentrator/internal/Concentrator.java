package org.telar.concentrator.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
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
import org.telar.api.channel.NodeListener;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.PushListener;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Lane;
import org.telar.api.store.Outbox;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;
import org.telar.api.uplink.DownlinkListener;
import org.telar.concentrator.internal.activity.ActivityRuns;
import org.telar.concentrator.internal.activity.EventLogs;
import org.telar.concentrator.internal.activity.ReadWork;
import org.telar.concentrator.internal.agenda.AgendaKeeper;
import org.telar.concentrator.internal.load.AbsentClosings;
import org.telar.concentrator.internal.load.ClockKeeper;
import org.telar.concentrator.internal.load.Findings;
import org.telar.concentrator.internal.load.LoadContext;
import org.telar.concentrator.internal.load.LoadRuns;
import org.telar.concentrator.internal.load.LoadWork;
import org.telar.concentrator.internal.load.Recorder;
import org.telar.concentrator.internal.load.StatusWatch;
import org.telar.concentrator.internal.load.Window;
import org.telar.concentrator.internal.orders.OrderDesk;
import org.telar.concentrator.internal.orders.OrderEnvironment;
import org.telar.concentrator.internal.orders.OrderJournal;
import org.telar.concentrator.internal.table.MeterEntry;
import org.telar.concentrator.internal.table.MeterTable;
import org.telar.concentrator.internal.table.TableException;
import org.telar.concentrator.internal.table.TableKeeper;
import org.telar.contract.Agenda;
import org.telar.contract.Config;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Result;
import org.telar.contract.Table;

/** The agent at work: owns the media, the runs, the orders, the agenda, and the housekeeping of a second. */
public final class Concentrator implements DownlinkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Concentrator.class);
    private static final int MOST_ORDERS = 1_000;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration POSTPONED = Duration.ofMinutes(5);
    private static final Duration SHORT_JOB = Duration.ofMinutes(10);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(367);
    private static final Duration SAVE_EVERY = Duration.ofSeconds(10);
    private static final DateTimeFormatter RUN_ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm'Z'").withZone(ZoneOffset.UTC);

    private final Services services;
    private final ConfigKeeper config;
    private final TableKeeper tables;
    private final Reachability reachability = new Reachability();
    private final OutboxWriter results;
    private final StatusWatch words;
    private final AbsentClosings absent;
    private final EventLogs logs;
    private final Memory memory;
    private final Media media;
    private final Parts parts;
    private final LoadContext load;
    private final LoadRuns runs;
    private final AgendaWork activities;
    private final OrderJournal journal;
    private final OrderDesk orders;
    private final AgendaKeeper agenda;
    private final StatusFile status;
    private final Pushes pushes;
    private final Nodes nodes;
    private final Set<MeterId> lost = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService house = Executors.newSingleThreadScheduledExecutor(named("housekeeping"));
    private final ThreadPoolExecutor desk =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_ORDERS), named("orders"));
    private volatile MeterTable table;
    private long savedAt;

    /** @throws StartRefused when there is no meter table that can be used, or orders cannot be kept */
    public Concentrator(Services given, Settings own) throws StartRefused {
        Path folder = given.gateway().dataDirectory();
        this.services = given;
        this.config = new ConfigKeeper(folder, own, given.events());
        this.tables = new TableKeeper(own.meterTable(), given.gateway(), given.keyReceiver(), given.events());
        try {
            this.table = tables.load();
            this.journal = new OrderJournal(folder.resolve("orders.journal"));
        } catch (TableException e) {
            throw new StartRefused(e.getMessage(), e);
        } catch (IOException e) {
            throw new StartRefused("orders cannot be kept on disk: " + e.getMessage(), e);
        }
        this.results = new OutboxWriter("results");
        results.attach(services.store());
        this.memory = new Memory(folder);
        memory.restore(reachability);
        this.words = new StatusWatch(folder.resolve("status-words.state"), services.events());
        this.absent = new AbsentClosings(folder.resolve("absent-closings.state"));
        this.logs = new EventLogs(folder.resolve("event-logs.state"));
        this.media = new Media(own.media(), services, reachability, () -> table, this::tellLost);
        this.parts = new Parts(services);
        Instant firstStart = memory.firstStart(services.clock());
        this.load = new LoadContext(
                services.store(),
                new Recorder(
                        services.store(),
                        services.clockTrust(),
                        words,
                        new Findings(services.events(), services.clock())),
                new ClockKeeper(services.clockTrust(), services.clock(), services.events(), this::clockLater),
                absent,
                () -> wanted(firstStart),
                services.clock());
        this.runs = new LoadRuns(
                load,
                () -> table.commissioned(),
                media::submit,
                this::summary,
                reachability,
                services.nanos(),
                () -> config.settings().correctClocks());
        ActivityRuns each = new ActivityRuns(() -> table.commissioned(), media::submit, services.nanos());
        this.activities = new AgendaWork(each, load, logs, config);
        OrderEnvironment env = new OrderEnvironment(
                runs,
                activities::start,
                load,
                logs,
                media::submit,
                (order, why) -> media.cancel(j -> j.group().equals(order), Ko.CANCELLED, why),
                config::settings);
        this.orders = new OrderDesk(services, env, id -> table.find(id), journal, results, desk);
        this.agenda = new AgendaKeeper(folder, own.agenda(), services.events(), this::due);
        this.status = new StatusFile(folder.resolve("status.json"));
        this.pushes = new Pushes(services, () -> table, words, this::askStatus, desk);
        this.nodes = new Nodes(services, () -> table, media, reachability);
        reachability.onChange(this::reachabilityChanged);
    }

    /** Takes what meters say unasked. */
    public PushListener pushes() {
        return pushes;
    }

    /** Hears of meters that join and leave. */
    public NodeListener nodes() {
        return nodes;
    }

    private void askStatus(Meter meter) {
        ReadRequest request = new ReadRequest(
                List.of(), List.of(), List.of(), true, config.settings().statusWords());
        submit("push", meter, Priority.ON_DEMAND, new ReadWork(load.recorder(), meter, "", request));
    }

    private LoadContext.Wanted wanted(Instant firstStart) {
        Settings now = config.settings();
        Window window = new Window(firstStart, now.backfillDays(), now.retentionDays());
        return new LoadContext.Wanted(window, now.statusWords(), now.slotsPerRead());
    }

    /** Starts media and housekeeping. */
    public void start() {
        start(TICK);
    }

    /** @param tick between two rounds of housekeeping */
    void start(Duration tick) {
        LOG.info(
                "{} meters, {} of them commissioned",
                table.all().size(),
                table.commissioned().size());
        tableProblems(table);
        media.start();
        orders.resume();
        house.scheduleWithFixedDelay(this::tick, 0, tick.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void received(String kind, byte[] payload) {
        try {
            switch (kind) {
                case "orders" -> orders.take(Contract.decodeOrder(payload));
                case "activities" -> later(agendaKeeper(Contract.decodeAgenda(payload)));
                case "config" -> later(configKeeper(Contract.decodeConfig(payload)));
                case "table" -> later(tableKeeper(Contract.decodeTable(payload)));
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

    /** What writes to disk or takes long is not done on the link's own thread. */
    private void later(Runnable work) {
        try {
            house.execute(work);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("Not taken, the concentrator is stopping");
        }
    }

    private Runnable agendaKeeper(Agenda told) {
        return () -> agenda.received(told, now()).ifPresent(this::answer);
    }

    private Runnable configKeeper(Config told) {
        return () -> config.received(told, now()).ifPresent(this::answer);
    }

    private Runnable tableKeeper(Table told) {
        return () -> {
            TableKeeper.Received received = tables.received(told, now());
            received.table().ifPresent(this::tableChanged);
            received.answer().ifPresent(this::answer);
        };
    }

    private Instant now() {
        return Instant.ofEpochMilli(services.clock().millis());
    }

    private void answer(Result result) {
        if (!results.offer(OutboxKind.RESULT, Lane.URGENT, Contract.encode(result))) {
            LOG.error("A result found no room in the queue to the store: {}", result);
        }
    }

    private void summary(Result.RunSummary summary) {
        orders.finished(summary.run(), summary);
    }

    /** The agenda says that an activity is due. */
    private void due(Agenda.Activity activity, Instant at) {
        String id = activity.name() + "-" + services.gateway().id() + "-" + RUN_ID.format(at);
        Duration limit = config.settings().runDeadline();
        if (activity.type() == Agenda.Type.N2PLOAD) {
            orders.run(id, limit);
            return;
        }
        activities.start(id, activity.type(), limit, s -> services.events()
                .event(
                        "ACTIVITY_ENDED",
                        Severity.INFO,
                        "Activity " + id + " (" + activity.type() + ") ended: " + s.reached() + " of " + s.meters()
                                + " meters.",
                        Map.of(
                                "activity", id,
                                "type", activity.type().name(),
                                "meters", Integer.toString(s.meters()),
                                "reached", Integer.toString(s.reached()))));
    }

    private void checkClock(String id, Meter meter) {
        submit(id, meter, Priority.CONTROL, new LoadWork(load, meter, id, LoadWork.ClockMode.AUTOMATIC));
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
        if (now == Reachability.State.UNREACHED) {
            // A meter with another path is lost only when that one has failed too; the media tell.
            if (table.find(meter).flatMap(e -> Paths.second(e.meter())).isEmpty()) {
                tellLost(meter, why.orElse(Ko.METER_SILENT));
            }
        } else if (lost.remove(meter)) {
            // To a probe, an order or a run: what it could not give before is asked for now (R50).
            long deadline = services.nanos().getAsLong()
                    + config.settings().probeEvery().toNanos();
            table.commissioned().stream().filter(m -> m.id().equals(meter)).forEach(m -> runs.catchUp(m, deadline));
            services.events().event("METER_REACHED", Severity.INFO, meter, "Meter " + meter + " answers again.");
        }
    }

    private void tellLost(MeterId meter, Ko why) {
        if (reachability.state(meter) == Reachability.State.UNREACHED && lost.add(meter)) {
            services.events()
                    .event(
                            "METER_UNREACHED",
                            Severity.WARNING,
                            meter,
                            "Meter " + meter + " did not answer several times (" + why
                                    + "); it is probed from time to time.");
        }
    }

    private void tick() {
        try {
            tables.poll().ifPresent(this::tableChanged);
            agenda.tick(services.clock().instant());
            media.watch();
            parts.watch();
            long now = services.nanos().getAsLong();
            probe(now);
            if (now - savedAt > SAVE_EVERY.toNanos()) {
                savedAt = now;
                save();
            }
            writeStatus("running");
        } catch (RuntimeException e) {
            LOG.error("Housekeeping failed, goes on", e);
        }
    }

    private void save() {
        words.save();
        absent.save(services.clock().instant().minus(LONGEST_RETENTION));
        logs.save();
        memory.save(reachability);
    }

    private void tableChanged(MeterTable changed) {
        TableKeeper.Changes changes = TableKeeper.changes(table, changed);
        table = changed;
        changes.replaced().forEach(e -> forget(e.meter().id()));
        for (MeterEntry e : changes.removed()) {
            MeterId id = e.meter().id();
            forget(id);
            reachability.forget(id);
            media.cancel(j -> j.meter().id().equals(id), Ko.UNKNOWN_METER, "the meter was removed from the table");
        }
        services.events()
                .event(
                        "METER_TABLE_CHANGED",
                        Severity.INFO,
                        "The meter table now has " + changed.all().size() + " meters.",
                        Map.of(
                                "version", Long.toString(tables.version()),
                                "added", Integer.toString(changes.added().size()),
                                "removed", Integer.toString(changes.removed().size()),
                                "replaced", Integer.toString(changes.replaced().size()),
                                "problems", Integer.toString(changed.problems().size())));
        tableProblems(changed);
    }

    /** Another device has the number, or none: what was known of the old one says nothing any more (R88). */
    private void forget(MeterId meter) {
        absent.forget(meter);
        words.forget(meter);
        logs.forget(meter);
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
        for (MeterId id : reachability.probesDue(now, config.settings().probeEvery())) {
            table.commissioned().stream().filter(m -> m.id().equals(id)).forEach(m -> {
                long deadline = now + config.settings().probeEvery().toNanos();
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
                table.commissioned().size() + " commissioned of " + table.all().size()
                        + (tables.version() > 0 ? ", table version " + tables.version() : ""));
        components.putAll(media.states());
        components.putAll(parts.states());
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

    /** What is open of orders and runs is kept and goes on with the next start. */
    @Override
    public void close() {
        orders.close();
        house.shutdownNow();
        desk.shutdownNow();
        media.close();
        results.close();
        journal.close();
        save();
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
