package org.telar.meter.dlms.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Meter;
import org.telar.api.meter.ModelMemory;
import org.telar.api.model.Obis;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.ProfileBuilder.Stamp;
import org.telar.meter.dlms.internal.TimeRule.Deviation;

/**
 * What is known of a meter's model and firmware: told by the meter table's parameters, or learned once and remembered. The
 * parameters {@code deviation} (normal, inverted, unspecified) and {@code stamp} (end, start) win over what was learned.
 */
final class ModelNotes {
    private static final Logger LOG = LoggerFactory.getLogger(ModelNotes.class);
    private static final int MOST_IN_A_LIST = 64;

    private final ModelMemory memory;
    private final Meter meter;
    /** Profiles that are others than the model's, and not learned yet. */
    private final Set<Obis> unlike = new HashSet<>();

    private final List<String> learned = new ArrayList<>();
    private String firmware;

    ModelNotes(ModelMemory memory, Meter meter) {
        this.memory = memory;
        this.meter = meter;
        this.firmware = assumedFirmware();
    }

    private String assumedFirmware() {
        return memory.recall(firmwareOfMeter())
                .or(() -> memory.recall(firmwareOfModel()))
                .orElse("");
    }

    private String firmwareOfMeter() {
        return "dlms/" + meter.model() + "/meter/" + meter.id() + "/firmware";
    }

    private String firmwareOfModel() {
        return "dlms/" + meter.model() + "/firmware";
    }

    private String key(String what) {
        return "dlms/" + meter.model() + "/" + (firmware.isEmpty() ? "-" : firmware) + "/" + what;
    }

    /** Active firmware identifier, read with everything else: what is known holds for one firmware. */
    Obis firmwareObject() {
        return object("firmware-object", new Obis(1, 0, 0, 2, 0, 255));
    }

    /**
     * Takes note of the firmware that the meter told.
     *
     * @param told empty when the meter does not tell
     * @return true when it is not the one that was assumed, so that other notes apply from now on
     */
    boolean firmwareIs(String told) {
        if (told.equals(firmware)) {
            return false;
        }
        firmware = told;
        if (memory.recall(firmwareOfModel()).isEmpty()) {
            memory.remember(firmwareOfModel(), told);
        } else {
            LOG.info("meter {}: firmware is \"{}\"", meter.id(), told);
            memory.remember(firmwareOfMeter(), told);
        }
        return true;
    }

    /**
     * How a register object is read.
     *
     * @param classId COSEM class
     * @param unit scaler and unit, NONE for class 1
     */
    record Register(int classId, Unit unit) {
        /** The model has no such object. */
        static final Register NONE = new Register(0, new Unit(0, Unit.NONE));

        boolean isNone() {
            return classId == 0;
        }
    }

    Obis loadProfile() {
        return object("load-profile", Obis.LOAD_PROFILE);
    }

    /** Billing periods: data of billing period 1 (IEC 62056-61). */
    Obis billingProfile() {
        return object("billing-profile", Obis.BILLING_CLOSING);
    }

    Obis closingProfile() {
        return object("closing-profile", Obis.DAILY_CLOSING);
    }

    /** Which object tells the identity (D1): logical device name, or serial number by parameter. */
    Obis identityObject() {
        return object("identity-object", Obis.LOGICAL_DEVICE_NAME);
    }

    /** The invocation counter of our association, 0.0.43.1.x.255. */
    Obis counterObject() {
        return object("counter-object", new Obis(0, 0, 43, 1, 0, 255));
    }

    private Obis object(String parameter, Obis otherwise) {
        String text = meter.parameters().get(parameter);
        return text == null ? otherwise : Obis.parse(text);
    }

    /** What the body of a DataNotification holds, in order, unless parameter {@code push-objects} tells otherwise. */
    private static final List<Obis> PUSHED = List.of(
            new Obis(0, 4, 25, 9, 0, 255),
            Obis.LOGICAL_DEVICE_NAME,
            Obis.CLOCK,
            Obis.ERROR_REGISTER,
            Obis.ALARM_REGISTER);

    /** @param parameter OBIS codes with commas between, null if not given */
    static List<Obis> pushObjects(String parameter) {
        return parameter == null || parameter.isBlank()
                ? PUSHED
                : Arrays.stream(parameter.split("[, ]+")).map(Obis::parse).toList();
    }

    Optional<ProfileShape> shape(Obis profile) {
        Optional<String> own = memory.recall(ownKey(profile));
        Optional<String> text = own.isPresent() || unlike.contains(profile) ? own : memory.recall(shapeKey(profile));
        return text.flatMap(ProfileShape::parse);
    }

    private String shapeKey(Obis profile) {
        return key("profile/" + profile);
    }

    /** A meter that was set up otherwise than the others of its model. */
    private String ownKey(Obis profile) {
        return "dlms/" + meter.model() + "/meter/" + meter.id() + "/profile/" + profile;
    }

    /** Remembers what the meter told: for its model, or for itself alone when the model is known otherwise. */
    void remember(ProfileShape shape) {
        Obis profile = shape.profile();
        Optional<String> ofModel = memory.recall(shapeKey(profile)).filter(t -> !t.isBlank());
        unlike.remove(profile);
        if (ofModel.isEmpty()) {
            memory.remember(shapeKey(profile), shape.text());
        } else if (ofModel.get().equals(shape.text())) {
            memory.forget(ownKey(profile));
        } else {
            memory.remember(ownKey(profile), shape.text());
        }
        note("profile " + shape.text());
    }

    /**
     * A remembered shape does not fit this meter.
     *
     * @param ofOthers whether it fits others, so that the model keeps it
     */
    void forget(ProfileShape wrong, boolean ofOthers) {
        Obis profile = wrong.profile();
        LOG.warn(
                "model {}: the shape of profile {} is another at meter {}, learning {}",
                meter.model(),
                profile,
                meter.id(),
                ofOthers ? "for it alone" : "again");
        if (memory.recall(ownKey(profile)).isPresent()) {
            memory.forget(ownKey(profile));
        } else if (!ofOthers
                && memory.recall(shapeKey(profile)).filter(wrong.text()::equals).isPresent()) {
            memory.forget(shapeKey(profile));
            return;
        }
        unlike.add(profile);
    }

    /** Looks again: another meter of this model may have learned meanwhile. */
    void refresh() {
        if (firmware.isEmpty()) {
            firmware = assumedFirmware();
        }
    }

    private void note(String what) {
        learned.add(what);
    }

    /** One line of log for all that was learned since the last one. */
    void tell() {
        if (!learned.isEmpty()) {
            LOG.info(
                    "model {}, firmware \"{}\": learned at meter {}: {}",
                    meter.model(),
                    firmware,
                    meter.id(),
                    String.join("; ", learned));
            learned.clear();
        }
    }

    Optional<Deviation> toldDeviation() {
        return told("deviation").map(Deviation::valueOf);
    }

    Optional<Deviation> learnedDeviation() {
        return memory.recall(key("deviation")).map(Deviation::valueOf);
    }

    void rememberDeviation(Deviation deviation) {
        if (!learnedDeviation().equals(Optional.of(deviation))) {
            note("deviation " + deviation);
            memory.remember(key("deviation"), deviation.name());
        }
    }

    Optional<Stamp> stamp() {
        return told("stamp").or(() -> memory.recall(key("stamp"))).map(Stamp::valueOf);
    }

    boolean isStampTold() {
        return told("stamp").isPresent();
    }

    void rememberStamp(Stamp stamp) {
        note("rows stamped at interval " + stamp);
        memory.remember(key("stamp"), stamp.name());
    }

    void forgetStamp() {
        memory.forget(key("stamp"));
    }

    private Optional<String> told(String parameter) {
        return Optional.ofNullable(meter.parameters().get(parameter))
                .filter(s -> !s.isBlank() && !s.equalsIgnoreCase("learn"))
                .map(s -> s.strip().toUpperCase(Locale.ROOT));
    }

    /** How many attributes one GET-with-list of this model may hold. */
    int listLimit() {
        String text = meter.parameters().getOrDefault("list-limit", "");
        return (text.isBlank() ? memory.recall(key("list-limit")) : Optional.of(text))
                .map(Integer::parseInt)
                .map(n -> Math.max(1, Math.min(MOST_IN_A_LIST, n)))
                .orElse(MOST_IN_A_LIST);
    }

    void rememberListLimit(int limit) {
        note("at most " + limit + " attributes in one request");
        memory.remember(key("list-limit"), Integer.toString(limit));
    }

    boolean readsByEntry(Obis profile) {
        return memory.recall(key("by-entry/" + profile)).isPresent();
    }

    void rememberByEntry(Obis profile) {
        if (!readsByEntry(profile)) {
            note("selective access of " + profile + " by range fails, by entry works");
            memory.remember(key("by-entry/" + profile), "yes");
        }
    }

    Optional<Register> register(Obis object) {
        return memory.recall(key("register/" + object)).map(text -> {
            String[] f = text.split(",");
            return new Register(Integer.parseInt(f[0]), new Unit(Integer.parseInt(f[1]), Integer.parseInt(f[2])));
        });
    }

    void remember(Obis object, Register r) {
        String text = r.classId() + "," + r.unit().scaler() + "," + r.unit().code();
        memory.remember(key("register/" + object), text);
    }
}
