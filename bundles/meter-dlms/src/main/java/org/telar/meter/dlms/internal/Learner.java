package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.GetResult;
import org.openmuc.jdlms.datatypes.DataObject;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.LinkException.Kind;
import org.telar.meter.dlms.internal.ModelNotes.Register;
import org.telar.meter.dlms.internal.ProfileBuilder.Stamp;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;

/**
 * Asks a meter what its model is like: capture objects, period, buffer, scalers; which end of the interval is stamped.
 * Costs two trips once per model; the identity is checked before anything is remembered.
 */
final class Learner {
    static final int CAPTURE_OBJECTS = 3;
    static final int CAPTURE_PERIOD = 4;
    private static final int PROFILE_ENTRIES = 8;
    private static final int FIELDS_PER_PROFILE = 3;

    /** Identity, clock and firmware stand before the profiles. */
    private static final int HEAD = 3;

    /** Profile status of a row that nothing happened to, but for summer. */
    private static final int DAYLIGHT_SAVING = 0x08;

    /** So shortly after an interval's end the newest row may not be captured yet, and says nothing. */
    private static final Duration CAPTURING = Duration.ofSeconds(15);

    private final Meter meter;
    private final Association association;
    private final ModelNotes notes;

    Learner(Meter meter, Association association, ModelNotes notes) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
    }

    /**
     * Learns the shapes of profiles that are not known yet, and how times are meant.
     *
     * @param profiles the profiles to learn
     * @param stamp whether to find out which end the load profile stamps
     */
    TimeRule learn(List<Obis> profiles, boolean stamp) throws IOException, MeterException, ShapeChanged {
        List<Ask> asks = new ArrayList<>();
        asks.add(Ask.of(Capture.DATA, notes.identityObject(), 2));
        asks.add(Ask.of(Capture.CLOCK, Obis.CLOCK, 2));
        asks.add(Ask.of(Capture.DATA, notes.firmwareObject(), 2));
        for (Obis profile : profiles) {
            asks.add(Ask.of(Capture.PROFILE, profile, CAPTURE_OBJECTS));
            asks.add(Ask.of(Capture.PROFILE, profile, CAPTURE_PERIOD));
            asks.add(Ask.of(Capture.PROFILE, profile, PROFILE_ENTRIES));
        }
        Association.Answers answers = association.get(asks, notes);
        Identity.checked(meter, answers.get(0));
        notes.firmwareIs(Identity.firmware(answers.get(2)));
        CosemTime clock = clock(meter, answers.get(1));
        TimeRule rule =
                new Deviations(meter, notes).resolve(clock, answers.times().get(1));

        List<ProfileShape> shapes = new ArrayList<>();
        for (int i = 0; i < profiles.size(); i++) {
            shapes.add(shape(profiles.get(i), answers.results().subList(HEAD + i * FIELDS_PER_PROFILE, asks.size())));
        }
        for (ProfileShape shape : withUnits(shapes)) {
            notes.remember(shape);
        }
        if (stamp && notes.stamp().isEmpty()) {
            learnStamp(rule, rule.utc(clock));
        }
        return rule;
    }

    /** @throws MeterException with CLOCK_UNRESOLVED when the meter does not know the time (F22) */
    static CosemTime clock(Meter meter, GetResult answer) throws LinkException, MeterException {
        if (!answer.requestSuccessful()) {
            throw new LinkException(Kind.GARBLED, "the clock cannot be read: " + answer.getResultCode());
        }
        return Values.time(answer.getResultData())
                .orElseThrow(() -> new MeterException(
                        Ko.CLOCK_UNRESOLVED, meter.id(), "its clock has an unspecified or impossible time"));
    }

    private ProfileShape shape(Obis profile, List<GetResult> fields) throws LinkException, MeterException {
        GetResult objects = fields.get(0);
        if (!objects.requestSuccessful()) {
            throw new MeterException(
                    Ko.UNSUPPORTED, meter.id(), "has no profile " + profile + ": " + objects.getResultCode());
        }
        List<Capture> columns = captures(objects);
        long period = numberOr(fields.get(1), 0);
        long entries = numberOr(fields.get(2), Integer.MAX_VALUE);
        ProfileShape shape = new ProfileShape(profile, Duration.ofSeconds(period), entries, columns);
        if (shape.column(Capture.Role.STAMP) < 0) {
            throw new MeterException(
                    Ko.UNSUPPORTED, meter.id(), "profile " + profile + " captures no clock: " + shape.text());
        }
        boolean load = profile.equals(notes.loadProfile());
        if (load && (period < 1 || period > Duration.ofDays(1).toSeconds())) {
            throw new MeterException(
                    Ko.UNSUPPORTED, meter.id(), "profile " + profile + " has a capture period of " + period + " s");
        }
        return shape;
    }

    static List<Capture> captures(GetResult objects) throws LinkException {
        List<Capture> columns = new ArrayList<>();
        for (DataObject column : list(objects.getResultData())) {
            columns.add(capture(column));
        }
        return columns;
    }

    private static Capture capture(DataObject column) throws LinkException {
        List<DataObject> f = list(column);
        if (f.size() != 4 || !f.get(1).isByteArray()) {
            throw Values.unexpected("a capture object of four elements", column);
        }
        byte[] name = f.get(1).getValue();
        if (name.length != 6) {
            throw Values.unexpected("a logical name of six bytes", column);
        }
        return new Capture(
                (int) Values.number(f.get(0)),
                Obis.of(name),
                (int) Values.number(f.get(2)),
                (int) Values.number(f.get(3)),
                Optional.empty());
    }

    private static List<DataObject> list(DataObject data) throws LinkException {
        if (!data.isComplex() || data.getType() == DataObject.Type.COMPACT_ARRAY) {
            throw Values.unexpected("a list", data);
        }
        List<DataObject> elements = data.getValue();
        return new ArrayList<>(elements);
    }

    static long numberOr(GetResult result, long otherwise) throws LinkException {
        return result.requestSuccessful() && !result.getResultData().isNull()
                ? Values.number(result.getResultData())
                : otherwise;
    }

    private record Scaled(int classId, Obis object) {}

    private List<ProfileShape> withUnits(List<ProfileShape> shapes) throws IOException {
        Set<Scaled> distinct = new LinkedHashSet<>();
        for (ProfileShape shape : shapes) {
            for (Capture c : shape.columns()) {
                if (c.role() == Capture.Role.VALUE && Capture.scalerAttribute(c.classId()) > 0) {
                    distinct.add(new Scaled(c.classId(), c.object()));
                }
            }
        }
        List<Scaled> order = List.copyOf(distinct);
        List<Ask> asks = order.stream()
                .map(s -> Ask.of(s.classId(), s.object(), Capture.scalerAttribute(s.classId())))
                .toList();
        Association.Answers answers = association.get(asks, notes);
        List<ProfileShape> result = new ArrayList<>();
        for (ProfileShape shape : shapes) {
            List<Capture> columns = new ArrayList<>();
            for (Capture c : shape.columns()) {
                int at = c.role() == Capture.Role.VALUE ? order.indexOf(new Scaled(c.classId(), c.object())) : -1;
                columns.add(at < 0 ? c : c.with(unit(answers.get(at))));
            }
            result.add(new ProfileShape(shape.profile(), shape.period(), shape.entries(), columns));
        }
        return result;
    }

    static Unit unit(GetResult answer) throws LinkException {
        if (!answer.requestSuccessful()) {
            throw new LinkException(Kind.GARBLED, "a scaler cannot be read: " + answer.getResultCode());
        }
        List<DataObject> f = list(answer.getResultData());
        if (f.size() != 2) {
            throw Values.unexpected("scaler and unit", answer.getResultData());
        }
        long code = Values.number(f.get(1));
        long scaler = Values.number(f.get(0));
        if (scaler < -128 || scaler > 127 || code < 0 || code > 255) {
            throw new LinkException(Kind.GARBLED, "a scaler of " + scaler + " and a unit of " + code);
        }
        return new Unit((int) scaler, (int) code);
    }

    /** The newest row ends at the last boundary: its stamp is there, or one period before (D3). */
    private void learnStamp(TimeRule rule, Instant clock) throws IOException, MeterException, ShapeChanged {
        Optional<ProfileShape> known = notes.shape(notes.loadProfile());
        if (known.isEmpty()) {
            return;
        }
        ProfileShape shape = known.get();
        Duration period = shape.period();
        Ask newest = Ask.range(shape.profile(), clock.minus(period.multipliedBy(4)), clock.plus(period), rule);
        GetResult answer = association.get(List.of(newest), notes).get(0);
        List<Row> rows =
                answer.requestSuccessful() ? new RowDecoder(shape, rule).rows(answer.getResultData()) : List.of();
        long boundary = Math.floorDiv(clock.getEpochSecond(), period.toSeconds()) * period.toSeconds();
        Duration since = Duration.ofSeconds(clock.getEpochSecond() - boundary);
        Instant last = rows.isEmpty() ? Instant.MIN : rows.get(rows.size() - 1).stamp();
        if (last.equals(Instant.ofEpochSecond(boundary))) {
            notes.rememberStamp(Stamp.END);
        } else if (last.equals(Instant.ofEpochSecond(boundary).minus(period))
                && since.compareTo(CAPTURING) > 0
                && (rows.get(rows.size() - 1).status() & ~DAYLIGHT_SAVING) == 0) {
            notes.rememberStamp(Stamp.START);
        } else {
            throw new MeterException(
                    Ko.CLOCK_UNRESOLVED,
                    meter.id(),
                    "its newest row does not tell whether rows are stamped at the start or end of the interval;"
                            + " set parameter stamp, or try again later");
        }
    }

    /** Finds class and scaler of registers that are asked for the first time in this model, or that it has none. */
    void learnRegisters(List<Obis> objects) throws IOException, MeterException {
        List<Obis> open = new ArrayList<>();
        for (Obis object : objects) {
            if (notes.register(object).isEmpty()) {
                open.add(object);
            }
        }
        int[] classes = {Capture.REGISTER, Capture.EXTENDED_REGISTER, Capture.DEMAND_REGISTER, Capture.DATA};
        for (int classId : classes) {
            if (open.isEmpty()) {
                return;
            }
            int attribute = classId == Capture.DATA ? 2 : Capture.scalerAttribute(classId);
            List<Ask> asks =
                    open.stream().map(o -> Ask.of(classId, o, attribute)).toList();
            Association.Answers answers = association.get(asks, notes);
            List<Obis> left = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                if (answers.get(i).requestSuccessful()) {
                    Unit unit = classId == Capture.DATA ? new Unit(0, Unit.NONE) : unit(answers.get(i));
                    notes.remember(open.get(i), new Register(classId, unit));
                } else if (answers.get(i).getResultCode() == AccessResultCode.TEMPORARY_FAILURE) {
                    throw new LinkException(Kind.GARBLED, open.get(i) + " is temporarily not readable");
                } else {
                    left.add(open.get(i));
                }
            }
            open = left;
        }
        // A single-phase meter has no voltage of the third phase: known from now on, and left out.
        open.forEach(o -> notes.remember(o, Register.NONE));
    }
}
