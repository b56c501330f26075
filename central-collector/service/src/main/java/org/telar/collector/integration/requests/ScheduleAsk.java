package org.telar.collector.integration.requests;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.CimRequest;
import org.telar.collector.integration.cim.CimRequest.Schedule;
import org.telar.collector.integration.cim.CimRequest.TimeTable;
import org.telar.collector.integration.cim.ReadingType;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.Reply;
import org.telar.collector.integration.cim.Use;

/** {@code create MeterReadSchedule}: a plan. scheduleInterval is the range of dates, window the hours. */
final class ScheduleAsk {
    private final Optional<PlanDesk> plans;
    private final Meters meters;
    private final ReadingTypes types;
    private final Clock clock;

    ScheduleAsk(Optional<PlanDesk> plans, Meters meters, ReadingTypes types, Clock clock) {
        this.plans = plans;
        this.meters = meters;
        this.types = types;
        this.clock = clock;
    }

    static String name(String source, String messageId) {
        return "cim:" + source + ":" + messageId;
    }

    PlanDesk desk() throws CimException {
        return plans.orElseThrow(() ->
                new CimException(CimException.NOUN, "this collector takes no plans by message; nothing was done"));
    }

    Verdict take(CimRequest request, Schedule ask) throws CimException {
        PlanDesk desk = desk();
        if (ask.devices().isEmpty()) {
            throw new CimException("1.7", "MeterReadSchedule names no EndDevice");
        }
        if (ask.tables().size() != 1 || ask.tables().get(0).disabled()) {
            throw new CimException(
                    "1.7",
                    "one TimeSchedule that is not disabled expected, got "
                            + ask.tables().size());
        }
        TimeTable table = ask.tables().get(0);
        List<Reply.Error> errors = new ArrayList<>();
        Set<OrderDesk.What> whats = whats(ask, errors);
        if (whats.isEmpty()) {
            return Verdict.of(Reply.failed(errors));
        }
        Meters.Found found = meters.of(ask.devices());
        errors.addAll(found.refused());
        Instant from = table.interval().from().orElseGet(clock::instant).plus(table.offset());
        List<PlanDesk.Window> windows = new ArrayList<>();
        for (CimRequest.Span w : table.windows()) {
            if (w.from().isEmpty() || w.to().isEmpty() || !w.from().get().isBefore(w.to().get())) {
                throw new CimException(CimException.SCHEMA, "a window has a start and a later end");
            }
            windows.add(new PlanDesk.Window(w.from().get(), w.to().get()));
        }
        PlanDesk.Taken taken;
        try {
            taken = desk.create(new PlanDesk.Plan(
                    name(request.header().source(), request.header().messageId()),
                    found.numbers(),
                    whats,
                    from,
                    table.interval().to(),
                    table.period(),
                    windows,
                    "cim:" + request.header().source()));
        } catch (IllegalArgumentException e) {
            throw new CimException(CimException.SCHEMA, e.getMessage(), e);
        }
        for (PlanDesk.Refusal r : taken.refusals()) {
            errors.add(Reply.Error.ofMeter(r.code(), Reply.Level.FATAL, r.reason(), r.words(), r.meter()));
        }
        return verdict(taken, errors, found.numbers());
    }

    private static Verdict verdict(PlanDesk.Taken taken, List<Reply.Error> errors, List<String> numbers) {
        List<String> about = taken.plan().isEmpty() ? List.of() : List.of(taken.plan());
        List<Reply.Error> perMeter = new ArrayList<>(Answer.onePerMeter(errors));
        if (about.isEmpty()) {
            return new Verdict(Reply.failed(perMeter), List.of(), numbers, about, List.of());
        }
        perMeter.add(0, new Reply.Error("0.0", Reply.Level.INFORM, "", "plan made", "Plan", taken.plan()));
        Reply.Result result = errors.isEmpty() ? Reply.Result.OK : Reply.Result.PARTIAL;
        return new Verdict(new Reply(result, perMeter), List.of(), numbers, about, List.of());
    }

    private Set<OrderDesk.What> whats(Schedule ask, List<Reply.Error> errors) {
        Set<OrderDesk.What> whats = EnumSet.noneOf(OrderDesk.What.class);
        for (String mrid : ask.readingTypes()) {
            Optional<ReadingType> type = types.of(mrid);
            if (type.isEmpty()) {
                errors.add(new Reply.Error(
                        CimException.READING_TYPE,
                        Reply.Level.FATAL,
                        "UNSUPPORTED",
                        "no reading type is known as " + mrid,
                        "ReadingType",
                        mrid));
            } else if (type.get().uses().contains(Use.PROFILE)) {
                whats.add(OrderDesk.What.PROFILE);
            } else {
                boolean daily = type.get().uses().contains(Use.DAILY)
                        || type.get().uses().contains(Use.BILLING);
                whats.add(daily ? OrderDesk.What.CLOSINGS : OrderDesk.What.REGISTERS);
            }
        }
        if (ask.readingTypes().isEmpty()) {
            whats.add(OrderDesk.What.PROFILE);
            whats.add(OrderDesk.What.CLOSINGS);
        }
        return whats;
    }
}
