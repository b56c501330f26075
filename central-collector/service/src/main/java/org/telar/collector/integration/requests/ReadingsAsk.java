package org.telar.collector.integration.requests;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.telar.api.model.TimeRange;
import org.telar.collector.integration.DataType;
import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.CimRequest;
import org.telar.collector.integration.cim.CimRequest.Readings;
import org.telar.collector.integration.cim.CimRequest.Span;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.ReadingType;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.Reply;
import org.telar.collector.integration.cim.Use;

/** {@code get MeterReadings}: which orders it means, and giving them. */
final class ReadingsAsk {
    /** Request mandatory missing. */
    static final String REQUEST = "1.6";

    private final OrderDesk orders;
    private final Meters meters;
    private final ReadingTypes types;
    private final Clock clock;

    ReadingsAsk(OrderDesk orders, Meters meters, ReadingTypes types, Clock clock) {
        this.orders = orders;
        this.meters = meters;
        this.types = types;
        this.clock = clock;
    }

    Verdict take(CimRequest request, Readings ask) throws CimException {
        if (!ask.unsupported().isEmpty() && ask.devices().isEmpty()) {
            String code = ask.unsupported().contains("UsagePoint") ? "2.12" : CimException.NO_TYPE;
            throw new CimException(
                    code, "meters are named by EndDevice; " + ask.unsupported().get(0) + " is not known here");
        }
        if (ask.devices().isEmpty()) {
            throw new CimException(REQUEST, "GetMeterReadings names no EndDevice");
        }
        Optional<TimeRange> range = range(request, ask.spans());
        List<Reply.Error> warnings = new ArrayList<>();
        Set<String> channels = new LinkedHashSet<>();
        Set<OrderDesk.What> whats = whats(request, ask, range, channels, warnings);
        if (whats.isEmpty()) {
            return Verdict.of(Reply.failed(warnings));
        }
        if (range.isEmpty() && (whats.contains(OrderDesk.What.PROFILE) || whats.contains(OrderDesk.What.CLOSINGS))) {
            throw new CimException(REQUEST, "a load profile or closings need StartTime and EndTime");
        }
        Meters.Found found = meters.of(ask.devices());
        warnings.addAll(found.refused());
        return order(request, whats, range, found.numbers(), warnings, channels);
    }

    private Verdict order(
            CimRequest request,
            Set<OrderDesk.What> whats,
            Optional<TimeRange> range,
            List<String> numbers,
            List<Reply.Error> warnings,
            Set<String> channels)
            throws CimException {
        boolean concentrator = request.options().getOrDefault("DataSource", "").equalsIgnoreCase("CONCENTRATOR");
        Optional<Duration> deadline = deadline(request);
        List<Verdict.Item> items = new ArrayList<>();
        List<String> made = new ArrayList<>();
        List<Reply.Error> refused = new ArrayList<>(warnings);
        boolean open = false;
        for (String meter : numbers) {
            for (OrderDesk.What what : whats) {
                String order = orders.ask(new OrderDesk.Ask(
                        meter,
                        what,
                        what == OrderDesk.What.REGISTERS ? Optional.empty() : range,
                        concentrator,
                        deadline,
                        "cim:" + request.header().source(),
                        Fingerprint.key(request.header().messageId() + "/" + meter + "/" + what)));
                OrderDesk.Outcome outcome = orders.outcome(order, false);
                items.add(new Verdict.Item(meter, order));
                made.add(order);
                open |= outcome.state() != OrderDesk.State.FAILED;
                if (outcome.state() == OrderDesk.State.FAILED) {
                    refused.add(Answer.error(outcome, Reply.Level.FATAL));
                }
            }
        }
        List<Reply.Error> perMeter = Answer.onePerMeter(refused);
        // While anything is open, the answer that follows tells of every meter.
        return open
                ? new Verdict(Reply.acknowledged(warnings), items, numbers, made, List.copyOf(channels))
                : new Verdict(Reply.failed(perMeter), List.of(), numbers, made, List.of());
    }

    private static Optional<Duration> deadline(CimRequest request) throws CimException {
        String text = request.options().getOrDefault("Deadline", "");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Duration.parse(text));
        } catch (DateTimeException e) {
            throw new CimException(CimException.SCHEMA, "Option Deadline is a duration like PT5M, got " + text, e);
        }
    }

    private Optional<TimeRange> range(CimRequest request, List<Span> spans) throws CimException {
        Set<Span> distinct = new LinkedHashSet<>(spans);
        distinct.removeIf(s -> s.from().isEmpty() && s.to().isEmpty());
        if (request.start().isPresent() || request.end().isPresent()) {
            distinct.add(new Span(request.start(), request.end()));
        }
        if (distinct.isEmpty()) {
            return Optional.empty();
        }
        if (distinct.size() > 1) {
            throw new CimException(CimException.TOO_MANY, "one time range a request, got " + distinct.size());
        }
        Span span = distinct.iterator().next();
        if (span.from().isEmpty()) {
            throw new CimException(REQUEST, "the time range has no start");
        }
        Instant from = span.from().get();
        Instant to = span.to().orElse(clock.instant());
        if (!from.isBefore(to)) {
            throw new CimException(CimException.SCHEMA, "the time range is empty: " + from + " to " + to);
        }
        return Optional.of(new TimeRange(from, to));
    }

    private Set<OrderDesk.What> whats(
            CimRequest request,
            Readings ask,
            Optional<TimeRange> range,
            Set<String> channels,
            List<Reply.Error> warnings) {
        Set<OrderDesk.What> whats = EnumSet.noneOf(OrderDesk.What.class);
        for (String mrid : ask.readingTypes()) {
            Optional<ReadingType> type = types.of(mrid);
            if (type.isEmpty()) {
                warnings.add(new Reply.Error(
                        CimException.READING_TYPE,
                        Reply.Level.FATAL,
                        "UNSUPPORTED",
                        "no reading type is known as " + mrid,
                        "ReadingType",
                        mrid));
            } else {
                whats.add(what(type.get(), range.isPresent()));
                channels.add(type.get().channel().toString());
            }
        }
        if (ask.readingTypes().isEmpty()) {
            whats.add(suggested(request, range.isPresent()));
        }
        for (String selection : ask.unsupported()) {
            warnings.add(new Reply.Error(
                    CimException.NO_TYPE, Reply.Level.WARNING, "UNSUPPORTED", "not known here", selection, selection));
        }
        return whats;
    }

    private static OrderDesk.What what(ReadingType type, boolean ranged) {
        if (type.uses().contains(Use.PROFILE)) {
            return OrderDesk.What.PROFILE;
        }
        boolean onlyClosing = !type.uses().contains(Use.ONDEMAND);
        return ranged || onlyClosing ? OrderDesk.What.CLOSINGS : OrderDesk.What.REGISTERS;
    }

    /** Without reading types: by our DataType, and by whether a range is given. */
    private static OrderDesk.What suggested(CimRequest request, boolean ranged) {
        String type =
                request.options().getOrDefault(MessageHeader.DATA_TYPE, "").toUpperCase(Locale.ROOT);
        if (type.equals(DataType.REGISTERS.name())) {
            return ranged ? OrderDesk.What.CLOSINGS : OrderDesk.What.REGISTERS;
        }
        return ranged || type.equals(DataType.LOAD_PROFILE.name()) ? OrderDesk.What.PROFILE : OrderDesk.What.REGISTERS;
    }
}
