package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.openmuc.jdlms.GetResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Finding;
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
    private final ShapeChecks checks;
    private final Preparation preparation;
    private final List<Ask> asks = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private Association.Answers answers;

    Visit(Meter meter, Association association, ModelNotes notes, ShapeChecks checks, Preparation preparation) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
        this.checks = checks;
        this.preparation = preparation;
    }

    MeterReadout read(ReadRequest request) throws IOException, MeterException, ShapeChanged {
        TimeRule rule = preparation.prepare(request).orElse(null);
        int identityAt = ask(Ask.of(Capture.DATA, notes.identityObject(), 2));
        int clockAt = ask(Ask.of(Capture.CLOCK, Obis.CLOCK, 2));
        int firmwareAt = ask(Ask.of(Capture.DATA, notes.firmwareObject(), 2));
        int wordsAt = asks.size();
        request.statusWords().forEach(word -> ask(Ask.of(Capture.DATA, word, 2)));
        int registersAt = asks.size();
        known(request).forEach(this::askRegister);
        Optional<ProfileAsk> closings = profile(notes.closingProfile(), request.closings(), Duration.ZERO, rule);
        Optional<ProfileAsk> billings = profile(notes.billingProfile(), request.billing(), Duration.ZERO, rule);
        Optional<ProfileAsk> load = request.profile().isEmpty()
                ? Optional.empty()
                : profile(notes.loadProfile(), request.profile(), toEnd(), rule);
        List<EventLog> logs = logs(request, rule);
        answers = association.get(asks, notes);

        String identity = Identity.checked(meter, answers.get(identityAt));
        if (notes.firmwareIs(Identity.firmware(answers.get(firmwareAt)))) {
            throw ShapeChanged.notesOfAnother("meter " + meter.id() + " has another firmware than was assumed");
        }
        Instant readAt = answers.times().get(clockAt);
        CosemTime clock = Learner.clock(meter, answers.get(clockAt));
        TimeRule confirmed = new Deviations(meter, notes).resolve(clock, readAt);
        Instant now = confirmed.utc(clock);

        List<RegisterSet> registers = new ArrayList<>(current(known(request), registersAt, now, confirmed));
        if (closings.isPresent()) {
            registers.addAll(sets(closings.get(), request.closings(), RegisterKind.DAILY, now));
        }
        if (billings.isPresent()) {
            registers.addAll(sets(billings.get(), request.billing(), RegisterKind.BILLING, now));
        }
        List<ProfileBlock> profiles =
                load.isPresent() ? profiles(load.get(), request.profile(), now, confirmed) : List.of();
        List<MeterEvent> events = new ArrayList<>();
        for (EventLog log : logs) {
            events.addAll(log.events(answers, now, findings));
        }
        List<StatusWord> words = words(request.statusWords(), wordsAt);
        notes.tell();
        return new MeterReadout(identity, Optional.of(now), readAt, profiles, registers, words, events, 0, findings);
    }

    private int ask(Ask ask) {
        asks.add(ask);
        return asks.size() - 1;
    }

    private Optional<ProfileAsk> profile(Obis profile, List<TimeRange> ranges, Duration toEnd, TimeRule rule) {
        if (ranges.isEmpty()) {
            return Optional.empty();
        }
        ProfileShape shape = notes.shape(profile).orElseThrow();
        ProfileAsk ask = new ProfileAsk(meter, association, notes, checks, shape, rule, toEnd, ranges);
        ask.addTo(asks);
        return Optional.of(ask);
    }

    private List<EventLog> logs(ReadRequest request, TimeRule rule) {
        List<EventLog> logs = new ArrayList<>();
        for (LogRange range : request.logs()) {
            ProfileShape shape = notes.shape(range.log()).orElseThrow();
            EventLog log = new EventLog(meter, association, notes, shape, rule, range);
            log.addTo(asks);
            logs.add(log);
        }
        return logs;
    }

    private Duration toEnd() {
        return stamp().toEnd(notes.shape(notes.loadProfile()).orElseThrow().period());
    }

    private Stamp stamp() {
        return notes.stamp().orElseThrow();
    }

    /** The registers asked for that this model has. */
    private List<Obis> known(ReadRequest request) {
        return request.registers().stream()
                .filter(o -> !notes.register(o).orElseThrow().isNone())
                .toList();
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

    private List<RegisterSet> sets(ProfileAsk ask, List<TimeRange> ranges, RegisterKind kind, Instant now)
            throws IOException, MeterException, ShapeChanged {
        List<List<Row>> rows = ask.rows(answers, now);
        List<RegisterSet> sets = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            sets.addAll(new ClosingBuilder(kind, ask.shape()).build(ranges.get(i), rows.get(i)));
        }
        return sets;
    }

    private List<ProfileBlock> profiles(ProfileAsk ask, List<TimeRange> ranges, Instant now, TimeRule rule)
            throws IOException, MeterException, ShapeChanged {
        List<ProfileBlock> blocks = new ArrayList<>();
        ProfileBuilder builder = new ProfileBuilder(ask.shape(), stamp(), rule, now);
        List<List<Row>> rows = ask.rows(answers, now);
        for (int i = 0; i < ranges.size(); i++) {
            checkStamp(ask.shape(), rows.get(i), now);
            blocks.add(builder.build(ranges.get(i), rows.get(i)));
        }
        ask.oldestOfEmptied().ifPresent(oldest -> blocks.forEach(b -> findOverwritten(b, oldest)));
        return blocks;
    }

    /** Rows that were there to be had at an earlier visit are gone: the buffer wrapped or was emptied (F28). */
    private void findOverwritten(ProfileBlock block, Instant oldest) {
        int gone = 0;
        while (gone < block.slots() && block.endOf(gone).isBefore(oldest)) {
            gone++;
        }
        if (gone > 0) {
            findings.add(new Finding(
                    Finding.Code.DATA_OVERWRITTEN,
                    "Meter " + meter.id() + " no longer holds its rows of " + block.profile() + " from "
                            + block.endOf(0) + " to " + block.endOf(gone - 1)
                            + ": its buffer wrapped or was emptied; the oldest one ends at " + oldest + "."));
        }
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
