package org.telar.concentrator.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import org.telar.acquisition.Priority;
import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.meter.ReadRequest;
import org.telar.concentrator.internal.activity.ActivityRuns;
import org.telar.concentrator.internal.activity.BillingWork;
import org.telar.concentrator.internal.activity.EventLogs;
import org.telar.concentrator.internal.activity.LogWork;
import org.telar.concentrator.internal.activity.ReadWork;
import org.telar.concentrator.internal.load.LoadContext;
import org.telar.concentrator.internal.load.LoadWork;
import org.telar.contract.Agenda;

/** What each activity but N2PLoad does with a meter, and in which lane (R92). */
final class AgendaWork {
    private final ActivityRuns runs;
    private final LoadContext load;
    private final EventLogs logs;
    private final ConfigKeeper config;

    AgendaWork(ActivityRuns runs, LoadContext load, EventLogs logs, ConfigKeeper config) {
        this.runs = runs;
        this.load = load;
        this.logs = logs;
        this.config = config;
    }

    /** @param ended told once, when the last meter has ended */
    void start(String id, Agenda.Type type, Duration limit, Consumer<ActivityRuns.Summary> ended) {
        runs.start(id, type, lane(type), work(id, type), limit, ended);
    }

    private static Priority lane(Agenda.Type type) {
        return switch (type) {
            case CLOCK_CHECK -> Priority.CONTROL;
            case BILLING -> Priority.CLOSING;
            default -> Priority.TODAY;
        };
    }

    private Function<Meter, Work> work(String id, Agenda.Type type) {
        Settings now = config.settings();
        return switch (type) {
            case CLOCK_CHECK -> m -> new LoadWork(load, m, id, LoadWork.ClockMode.AUTOMATIC);
            case STATUS_POLL ->
                m -> new ReadWork(
                        load.recorder(),
                        m,
                        id,
                        new ReadRequest(List.of(), List.of(), List.of(), true, now.statusWords()));
            case INSTANT ->
                m -> new ReadWork(
                        load.recorder(),
                        m,
                        id,
                        new ReadRequest(List.of(), List.of(), now.instantRegisters(), true, List.of()));
            case BILLING -> m -> new BillingWork(load, m, id);
            case EVENT_LOGS -> m -> new LogWork(load, logs, m, now.eventLogs(), Optional.empty());
            case N2PLOAD -> throw new IllegalArgumentException("N2PLoad has its own runs");
        };
    }
}
