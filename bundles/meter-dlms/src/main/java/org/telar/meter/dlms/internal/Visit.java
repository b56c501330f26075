package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.GetResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.LogRange;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterEvent;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.StatusWord;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.LinkException.Kind;
import org.telar.meter.dlms.internal.ModelNotes.Register;
import org.telar.meter.dlms.internal.ProfileBuilder.Stamp;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;

/**
 * One read: everything that is asked in one list of attributes, identity and clock first, then the answers checked and
 * converted. Nothing is returned before the identity is right and the times are resolved (D1, D3).
 */
final class Visit {
    private static final Logger LOG = LoggerFactory.getLogger(Visit.class);
    private static final Duration FUTURE = Duration.ofMinutes(1);

    private final Meter meter;
    private final Association association;
    private final ModelNotes notes;
    private final List<Ask> asks = new ArrayList<>();
    private Association.Answers answers;

    Visit(Meter meter, Association association, ModelNotes notes) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
    }

    MeterReadout read(ReadRequest request) throws IOException, MeterException, ShapeChanged {
        TimeRule rule = prepare(request);
        int identityAt = ask(Ask.of(Capture.DATA, notes.identityObject(), 2));
        int clockAt = ask(Ask.of(Capture.CLOCK, Obis.CLOCK, 2));
        int firmwareAt = ask(Ask.of(Capture.DATA, notes.firmwareObject(), 2));
        int wordsAt = asks.size();
        request.statusWords().forEach(word -> ask(Ask.of(Capture.DATA, word, 2)));
        int registersAt = asks.size();
        known(request).forEach(this::askRegister);
        int closingsAt = asks.size();
        int billingAt = closingsAt;
        int logsAt = closingsAt;
        int profilesAt = closingsAt;
        if (!notes.readsByEntry()) {
            request.closings().forEach(r -> askRange(notes.closingProfile(), r, Duration.ZERO, rule));
            billingAt = asks.size();
            request.billing().forEach(r -> askRange(notes.billingProfile(), r, Duration.ZERO, rule));
            logsAt = asks.size();
            request.logs().forEach(l -> askRange(l.log(), l.range(), Duration.ZERO, rule));
            profilesAt = asks.size();
            request.profile().forEach(r -> askRange(notes.loadProfile(), r, toEnd(), rule));
        }
        answers = association.get(asks, notes);

        String identity = Identity.checked(meter, answers.get(identityAt));
        if (notes.firmwareIs(Identity.firmware(answers.get(firmwareAt)))) {
            throw new ShapeChanged("meter " + meter.id() + " has another firmware than was assumed", false);
        }
        Instant readAt = answers.times().get(clockAt);
        CosemTime clock = Learner.clock(answers.get(clockAt));
        TimeRule confirmed = new Deviations(meter, notes).resolve(clock, readAt);
        Instant now = confirmed.utc(clock);

        List<RegisterSet> registers = new ArrayList<>(current(known(request), registersAt, now, confirmed));
        registers.addAll(
                closings(RegisterKind.DAILY, notes.closingProfile(), request.closings(), closingsAt, now, confirmed));
        registers.addAll(
                closings(RegisterKind.BILLING, notes.billingProfile(), request.billing(), billingAt, now, confirmed));
        List<MeterEvent> events = events(request.logs(), logsAt, now, confirmed);
        List<ProfileBlock> profiles = profiles(request.profile(), profilesAt, now, confirmed);
        return new MeterReadout(
                identity,
                Optional.of(now),
                readAt,
                profiles,
                registers,
                words(request.statusWords(), wordsAt),
                events,
                0);
    }

    private int ask(Ask ask) {
        asks.add(ask);
        return asks.size() - 1;
    }

    /** Learns what is missing to ask and to understand the answers; nothing on most visits. */
    private TimeRule prepare(ReadRequest request) throws IOException, MeterException, ShapeChanged {
        boolean profile = !request.profile().isEmpty();
        boolean ranges = profile
                || !request.closings().isEmpty()
                || !request.billing().isEmpty()
                || !request.logs().isEmpty();
        Learner learner = new Learner(meter, association, notes);
        Optional<TimeRule> rule = new Deviations(meter, notes).known();
        // A second round is needed when the first one shows a firmware of which other things are unknown.
        for (int round = 0; round < 2; round++) {
            List<Obis> unknown = unknownProfiles(request);
            boolean stamp = profile && notes.stamp().isEmpty();
            if (stamp || !unknown.isEmpty() || ranges && rule.isEmpty()) {
                rule = Optional.of(learner.learn(unknown, stamp));
            }
        }
        learner.learnRegisters(request.registers());
        if (!request.registers().isEmpty() && known(request).isEmpty()) {
            throw new MeterException(Ko.UNSUPPORTED, meter.id(), "has no register " + request.registers());
        }
        return rule.orElse(null);
    }

    /** The registers asked for that this model has. */
    private List<Obis> known(ReadRequest request) {
        return request.registers().stream()
                .filter(o -> !notes.register(o).orElseThrow().isNone())
                .toList();
    }

    private List<Obis> unknownProfiles(ReadRequest request) {
        Set<Obis> needed = new LinkedHashSet<>();
        if (!request.profile().isEmpty()) {
            needed.add(notes.loadProfile());
        }
        if (!request.closings().isEmpty()) {
            needed.add(notes.closingProfile());
        }
        if (!request.billing().isEmpty()) {
            needed.add(notes.billingProfile());
        }
        request.logs().forEach(l -> needed.add(l.log()));
        return needed.stream().filter(p -> notes.shape(p).isEmpty()).toList();
    }

    private Duration toEnd() {
        ProfileShape shape = notes.shape(notes.loadProfile()).orElseThrow();
        return stamp().toEnd(shape.period());
    }

    private Stamp stamp() {
        return notes.stamp().orElseThrow();
    }

    private void askRange(Obis profile, TimeRange range, Duration toEnd, TimeRule rule) {
        Instant first =
                range.from().minus(toEnd).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        ask(Ask.range(profile, first, range.to().minus(toEnd), rule));
    }

    private void askRegister(Obis object) {
        Register r = notes.register(object).orElseThrow();
        ask(Ask.of(r.classId(), object, r.classId() == Capture.DEMAND_REGISTER ? 3 : 2));
        if (occurredAttribute(r) > 0) {
            ask(Ask.of(r.classId(), object, occurredAttribute(r)));
        }
    }

    private static int occurredAttribute(Register r) {
        return switch (r.classId()) {
            case Capture.EXTENDED_REGISTER -> 5;
            case Capture.DEMAND_REGISTER -> 6;
            default -> 0;
        };
    }

    private List<StatusWord> words(List<Obis> objects, int from) throws LinkException {
        List<StatusWord> words = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            GetResult answer = answers.get(from + i);
            if (answer.requestSuccessful() && !answer.getResultData().isNull()) {
                words.add(new StatusWord(objects.get(i), Values.bits(answer.getResultData())));
            } else {
                LOG.debug("meter {}: no status word {}: {}", meter.id(), objects.get(i), answer.getResultCode());
            }
        }
        return words;
    }

    private List<RegisterSet> current(List<Obis> objects, int from, Instant now, TimeRule rule)
            throws LinkException, MeterException {
        List<RegisterValue> values = new ArrayList<>();
        int at = from;
        for (Obis object : objects) {
            Register r = notes.register(object).orElseThrow();
            GetResult answer = answers.get(at++);
            boolean occurs = occurredAttribute(r) > 0;
            Optional<Instant> occurred = occurs ? occurred(answers.get(at++), rule) : Optional.empty();
            if (!answer.requestSuccessful()) {
                throw Failures.refused(meter.id(), "register " + object, answer.getResultCode());
            }
            if (!answer.getResultData().isNull()) {
                Unit unit = r.unit();
                values.add(new RegisterValue(object, unit, Values.number(answer.getResultData()), occurred));
            }
        }
        Instant stamp = now.truncatedTo(ChronoUnit.SECONDS);
        return values.isEmpty()
                ? List.of()
                : List.of(new RegisterSet(RegisterKind.ON_DEMAND, Obis.CLOCK, stamp, 0, values));
    }

    private static Optional<Instant> occurred(GetResult answer, TimeRule rule) {
        return answer.requestSuccessful() ? Values.time(answer.getResultData()).map(rule::utc) : Optional.empty();
    }

    private List<RegisterSet> closings(
            RegisterKind kind, Obis profile, List<TimeRange> ranges, int from, Instant now, TimeRule rule)
            throws IOException, MeterException, ShapeChanged {
        List<RegisterSet> sets = new ArrayList<>();
        if (!ranges.isEmpty()) {
            ProfileShape shape = notes.shape(profile).orElseThrow();
            List<List<Row>> rows = rows(shape, ranges, from, Duration.ZERO, now, rule);
            for (int i = 0; i < ranges.size(); i++) {
                sets.addAll(new ClosingBuilder(kind, shape).build(ranges.get(i), rows.get(i)));
            }
        }
        return sets;
    }

    /** Rows of event logs; the first value column is the code. */
    private List<MeterEvent> events(List<LogRange> logs, int from, Instant now, TimeRule rule)
            throws IOException, MeterException, ShapeChanged {
        List<MeterEvent> events = new ArrayList<>();
        for (int i = 0; i < logs.size(); i++) {
            LogRange log = logs.get(i);
            ProfileShape shape = notes.shape(log.log()).orElseThrow();
            for (Row row : rows(shape, List.of(log.range()), from + i, Duration.ZERO, now, rule)
                    .get(0)) {
                if (log.range().contains(row.stamp()) && row.values().length > 0) {
                    List<Long> values = Arrays.stream(row.values()).boxed().toList();
                    events.add(new MeterEvent(log.log(), row.stamp(), values.get(0), values.subList(1, values.size())));
                }
            }
        }
        return events;
    }

    private List<ProfileBlock> profiles(List<TimeRange> ranges, int from, Instant now, TimeRule rule)
            throws IOException, MeterException, ShapeChanged {
        List<ProfileBlock> blocks = new ArrayList<>();
        if (!ranges.isEmpty()) {
            ProfileShape shape = notes.shape(notes.loadProfile()).orElseThrow();
            ProfileBuilder builder = new ProfileBuilder(shape, stamp(), rule, now);
            List<List<Row>> rows = rows(shape, ranges, from, toEnd(), now, rule);
            for (int i = 0; i < ranges.size(); i++) {
                checkStamp(shape, rows.get(i), now);
                blocks.add(builder.build(ranges.get(i), rows.get(i)));
            }
        }
        return blocks;
    }

    /** Rows of each range: from the list's answers, or by entry where this model cannot select by range. */
    private List<List<Row>> rows(
            ProfileShape shape, List<TimeRange> ranges, int from, Duration toEnd, Instant now, TimeRule rule)
            throws IOException, MeterException, ShapeChanged {
        List<List<Row>> result = new ArrayList<>();
        EntryReader entries = new EntryReader(meter, association, notes, shape, rule);
        if (notes.readsByEntry()) {
            List<Row> all = entries.since(ranges.get(0).from().minus(toEnd), now);
            ranges.forEach(r -> result.add(all));
            return result;
        }
        for (int i = 0; i < ranges.size(); i++) {
            GetResult answer = answers.get(from + i);
            if (answer.requestSuccessful()) {
                TimeRange stamps = new TimeRange(
                        ranges.get(i).from().minus(toEnd), ranges.get(i).to().minus(toEnd));
                result.add(new RowDecoder(shape, rule, Optional.of(stamps)).rows(answer.getResultData()));
            } else if (answer.getResultCode() == AccessResultCode.TEMPORARY_FAILURE) {
                throw new LinkException(Kind.GARBLED, shape.profile() + " is temporarily not readable");
            } else {
                LOG.debug("meter {}: {} by range: {}", meter.id(), shape.profile(), answer.getResultCode());
                result.add(entries.since(ranges.get(i).from().minus(toEnd), now));
                notes.rememberByEntry();
            }
        }
        return result;
    }

    /** A row that would end in the future shows that "stamped at the start" was learned wrongly. */
    private void checkStamp(ProfileShape shape, List<Row> rows, Instant now) throws MeterException {
        if (stamp() == Stamp.END || rows.isEmpty()) {
            return;
        }
        Instant end = rows.get(rows.size() - 1).stamp().plus(shape.period());
        if (end.isAfter(now.plus(FUTURE))) {
            if (!notes.isStampTold()) {
                notes.forgetStamp();
            }
            throw new MeterException(
                    Ko.CLOCK_UNRESOLVED,
                    meter.id(),
                    "its newest row would end at " + end + ", after its clock " + now
                            + ": rows are not stamped at the start of the interval, or the clock was set back");
        }
    }
}
