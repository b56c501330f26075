package org.telar.meter.iec21.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.StatusWord;
import org.telar.api.model.TimeRange;
import org.telar.meter.iec21.internal.DataSet.SyntaxException;

/**
 * A session with one meter. Profiles and closings are read by commands in the programming mode; more than two registers
 * or status words come cheaper in one data readout. The identity is checked in either, before anything is used (D1).
 */
final class Iec21Session implements MeterSession {
    private static final Logger LOG = LoggerFactory.getLogger(Iec21Session.class);
    private static final String LOAD_PROFILE = "P.01";
    private static final String DAILY_PROFILE = "P.02";
    private static final String DATE = "0.9.2";
    private static final String TIME = "0.9.1";
    private static final Obis DATE_OBJECT = new Obis(1, 0, 0, 9, 2, 255);
    private static final Obis TIME_OBJECT = new Obis(1, 0, 0, 9, 1, 255);
    private static final int CHEAPER_IN_READOUT = 3;
    private static final Duration LARGEST_SHIFT = Duration.ofSeconds(900);
    private static final Duration SET_TOLERANCE = Duration.ofSeconds(60);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyMMdd");
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HHmmss");

    private final Meter meter;
    private final Parameters parameters;
    private final Dialogue dialogue;
    private final Clock clock;
    private final Learned learned;
    private final Registers registers;

    /** The meter's clock and when it was read. */
    private record ClockRead(Instant meter, Instant host) {}

    Iec21Session(Meter meter, Parameters parameters, Dialogue dialogue, Clock clock, Learned learned) {
        this.meter = meter;
        this.parameters = parameters;
        this.dialogue = dialogue;
        this.clock = clock;
        this.learned = learned;
        this.registers = new Registers(parameters.time(), parameters.groupB());
    }

    @Override
    public MeterReadout read(ReadRequest request) throws MeterException {
        if (!request.logs().isEmpty()) {
            throw new MeterException(Ko.UNSUPPORTED, meter.id(), "event logs are not read from meters of this driver");
        }
        int before = dialogue.roundTrips();
        List<TimeRange> billed = new ArrayList<>(request.closings());
        billed.addAll(request.billing());
        boolean stamped = !request.profile().isEmpty() || !request.closings().isEmpty();
        boolean billing = parameters.billing() && !billed.isEmpty();
        boolean readout =
                billing || request.registers().size() + request.statusWords().size() >= CHEAPER_IN_READOUT;
        Collected got = new Collected();
        if (stamped || !readout) {
            dialogue.enterProgramming();
            checkIdentity(dialogue.read(parameters.identity().text()).map(this::firstValue));
            if (stamped || request.clock() || !request.registers().isEmpty() && !readout) {
                got.clock = Optional.of(readClock());
            }
        }
        if (stamped) {
            requireTrustedStamps(got.clock.orElseThrow());
            readProfiles(request, got);
        }
        if (readout) {
            fromReadout(request, billing ? billed : List.of(), got);
        } else {
            byCommand(request, got);
        }
        return new MeterReadout(
                meter.identity(),
                got.clock.map(ClockRead::meter),
                got.clock.map(ClockRead::host).orElseGet(clock::instant),
                got.blocks,
                got.sets,
                got.words,
                dialogue.roundTrips() - before);
    }

    @Override
    public void setClock(Instant to) throws MeterException {
        dialogue.enterProgramming();
        checkIdentity(dialogue.read(parameters.identity().text()).map(this::firstValue));
        writeClock(to);
    }

    @Override
    public void shiftClock(Duration by) throws MeterException {
        if (by.abs().compareTo(LARGEST_SHIFT) > 0) {
            throw new MeterException(
                    Ko.UNSUPPORTED, meter.id(), "a shift of " + by + ", at most ±" + LARGEST_SHIFT + " is allowed");
        }
        dialogue.enterProgramming();
        checkIdentity(dialogue.read(parameters.identity().text()).map(this::firstValue));
        writeClock(readClock().meter().plus(by));
    }

    @Override
    public void close() {
        dialogue.leave();
    }

    private static final class Collected {
        private Optional<ClockRead> clock = Optional.empty();
        private final List<ProfileBlock> blocks = new ArrayList<>();
        private final List<RegisterSet> sets = new ArrayList<>();
        private final List<StatusWord> words = new ArrayList<>();
    }

    private void readProfiles(ReadRequest request, Collected got) throws MeterException {
        Instant now = got.clock.orElseThrow().meter();
        for (TimeRange range : request.profile()) {
            List<Segment> segments = profile(LOAD_PROFILE, range)
                    .orElseThrow(() -> new MeterException(
                            Ko.UNSUPPORTED, meter.id(), "the meter refuses to read " + LOAD_PROFILE));
            List<ProfileBlock> blocks = blocks(range, now, segments);
            got.blocks.addAll(blocks);
        }
        for (TimeRange range : request.closings()) {
            Optional<List<Segment>> segments = profile(DAILY_PROFILE, range);
            if (segments.isEmpty()) {
                LOG.info("meter {}: holds no daily closings ({} refused)", meter.id(), DAILY_PROFILE);
                break;
            }
            got.sets.addAll(registers.daily(segments.get(), range));
        }
    }

    private List<ProfileBlock> blocks(TimeRange range, Instant now, List<Segment> segments) throws MeterException {
        Optional<ProfileBlocks.Shape> known = learned.shape(meter.model(), Obis.LOAD_PROFILE);
        try {
            List<ProfileBlock> blocks =
                    ProfileBlocks.of(Obis.LOAD_PROFILE, range, now, segments, parameters.time(), known);
            if (!segments.isEmpty() && !blocks.isEmpty()) {
                learned.shape(meter.model(), Obis.LOAD_PROFILE, ProfileBlocks.shapeOf(blocks.get(blocks.size() - 1)));
            }
            return blocks;
        } catch (ArithmeticException e) {
            throw new MeterException(Ko.PROTOCOL, meter.id(), "a profile value is too large for its scaler", e);
        }
    }

    private Optional<List<Segment>> profile(String name, TimeRange range) throws MeterException {
        Instant from = parameters.season() ? range.from() : parameters.time().outsideRepeatedHour(range.from());
        String arguments = "(" + parameters.stamp(from) + ";" + parameters.stamp(range.to()) + ")";
        boolean partial = parameters.partialBlocks() && learned.takesPartialBlocks(meter.model());
        Optional<String> text = dialogue.readProfile(name, arguments, partial);
        if (text.isEmpty() && partial) {
            text = dialogue.readProfile(name, arguments, false);
            text.ifPresent(t -> learned.takesNoPartialBlocks(meter.model()));
        }
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ProfileText.parse(text.get(), name, parameters.time(), parameters.groupB()));
        } catch (SyntaxException e) {
            throw new MeterException(Ko.PROTOCOL, meter.id(), "the answer to " + name + ": " + e.getMessage(), e);
        }
    }

    private void byCommand(ReadRequest request, Collected got) throws MeterException {
        List<RegisterValue> values = new ArrayList<>();
        for (Obis register : request.registers()) {
            Optional<String> text = dialogue.read(Code.shortOf(register));
            if (text.isPresent()) {
                firstSet(text.get()).flatMap(s -> registers.value(register, s)).ifPresent(values::add);
            }
        }
        addOnDemand(values, got);
        for (Obis word : request.statusWords()) {
            dialogue.read(Code.shortOf(word))
                    .flatMap(t -> word(word, firstValue(t)))
                    .ifPresent(got.words::add);
        }
    }

    private void fromReadout(ReadRequest request, List<TimeRange> billed, Collected got) throws MeterException {
        Instant before = clock.instant();
        String text = dialogue.readout();
        Instant host = middle(before, clock.instant());
        List<DataSet> sets;
        try {
            sets = DataSet.parse(text);
        } catch (SyntaxException e) {
            throw new MeterException(Ko.PROTOCOL, meter.id(), "the data readout: " + e.getMessage(), e);
        }
        Obis identity = parameters.identity().obis();
        checkIdentity(registers.set(identity, sets).map(DataSet::first));
        if (got.clock.isEmpty()) {
            got.clock = registers
                    .set(DATE_OBJECT, sets)
                    .flatMap(date -> registers.set(TIME_OBJECT, sets).map(time -> List.of(date.first(), time.first())))
                    .flatMap(parts -> clockOf(parts.get(0), parts.get(1), host));
        }
        List<RegisterValue> values = new ArrayList<>();
        request.registers().forEach(r -> registers.find(r, sets).ifPresent(values::add));
        addOnDemand(values, got);
        request.statusWords()
                .forEach(w ->
                        registers.set(w, sets).flatMap(s -> word(w, s.first())).ifPresent(got.words::add));
        if (!billed.isEmpty()) {
            got.sets.addAll(registers.billing(sets, billed));
        }
    }

    /** Stamped by the meter's clock at the read. */
    private void addOnDemand(List<RegisterValue> values, Collected got) {
        if (!values.isEmpty()) {
            Instant stamp = got.clock.map(ClockRead::meter).orElseGet(clock::instant);
            got.sets.add(new RegisterSet(
                    RegisterKind.ON_DEMAND, Obis.CLOCK, Instant.ofEpochSecond(stamp.getEpochSecond()), 0, values));
        }
    }

    private static Optional<StatusWord> word(Obis object, String hex) {
        return hex.matches("[0-9A-Fa-f]{1,15}")
                ? Optional.of(new StatusWord(object, Long.parseLong(hex, 16)))
                : Optional.empty();
    }

    private void checkIdentity(Optional<String> answered) throws MeterException {
        String got = answered.map(String::strip)
                .filter(s -> !s.isEmpty())
                .orElseThrow(() -> new MeterException(
                        Ko.IDENTITY,
                        meter.id(),
                        "the meter does not say who it is: it gives no "
                                + parameters.identity().text()));
        if (!got.equals(meter.identity())) {
            throw new MeterException(
                    Ko.IDENTITY,
                    meter.id(),
                    "expected identity " + meter.identity() + ", another meter answered: " + got);
        }
    }

    private void requireTrustedStamps(ClockRead read) throws MeterException {
        if (MeterClock.offByWholeHours(read.meter(), read.host())) {
            throw new MeterException(
                    Ko.CLOCK_UNRESOLVED,
                    meter.id(),
                    "the meter's clock is off by whole hours ("
                            + Duration.between(read.host(), read.meter()).toMinutes()
                            + " min): check 'time' (now "
                            + parameters.time().convention().name().toLowerCase(java.util.Locale.ROOT)
                            + ") and zone in the meter table");
        }
    }

    /** Date first; a time just after midnight may belong to the next day, so the date is then read again. */
    private ClockRead readClock() throws MeterException {
        String date = required(DATE);
        Instant before = clock.instant();
        String time = required(TIME);
        Instant host = middle(before, clock.instant());
        if (time.replaceAll("\\D", "").matches("[0-2]?0000\\d\\d")) {
            date = required(DATE);
        }
        return clockOf(date, time, host)
                .orElseThrow(() -> new MeterException(Ko.PROTOCOL, meter.id(), "the clock shows no date and time"));
    }

    private Optional<ClockRead> clockOf(String date, String time, Instant host) {
        try {
            return Optional.of(new ClockRead(MeterClock.of(parameters.time(), date, time, host), host));
        } catch (IllegalArgumentException e) {
            LOG.debug("meter {}: clock: {}", meter.id(), e.getMessage());
            return Optional.empty();
        }
    }

    private String required(String address) throws MeterException {
        return dialogue.read(address)
                .map(this::firstValue)
                .orElseThrow(() -> new MeterException(
                        Ko.UNSUPPORTED, meter.id(), "the meter refuses to read its clock (" + address + ")"));
    }

    private String firstValue(String text) {
        return firstSet(text).map(DataSet::first).orElse("");
    }

    private Optional<DataSet> firstSet(String text) {
        try {
            return DataSet.parse(text).stream().findFirst();
        } catch (SyntaxException e) {
            return Optional.empty();
        }
    }

    /** Two writes, and the clock read back: a set is never repeated blindly, nor believed. */
    private void writeClock(Instant to) throws MeterException {
        Instant start = clock.instant();
        LocalDateTime local = LocalDateTime.ofInstant(to, parameters.time().offsetAt(to));
        String stamp = parameters.stamp(to);
        String season = parameters.season() ? stamp.substring(0, 1) : "";
        write(DATE, season + DAY.format(local));
        write(TIME, season + CLOCK.format(local));
        ClockRead now = readClock();
        Duration off = Duration.between(to.plus(Duration.between(start, now.host())), now.meter());
        if (off.abs().compareTo(SET_TOLERANCE) > 0) {
            throw new MeterException(
                    Ko.PROTOCOL, meter.id(), "the clock was set and then read back " + off.toSeconds() + " s off");
        }
    }

    private void write(String address, String value) throws MeterException {
        Optional<String> error = dialogue.write(address, value);
        if (error.isPresent()) {
            throw new MeterException(
                    Ko.UNSUPPORTED, meter.id(), "the meter refused to set " + address + ": " + error.get());
        }
    }

    private static Instant middle(Instant a, Instant b) {
        return a.plus(Duration.between(a, b).dividedBy(2));
    }
}
