package org.telar.meter.dlms.internal;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

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
    private static final int MOST_LOGS = 16;

    /** Event logs 0.0.99.98.e.255 (IEC 62056-61). */
    private static final List<Obis> EVENT_LOGS = IntStream.range(0, MOST_LOGS)
            .mapToObj(e -> new Obis(0, 0, 99, 98, e, 255))
            .toList();

    private final ModelMemory memory;
    private final Meter meter;
    private String firmware;

    ModelNotes(ModelMemory memory, Meter meter) {
        this.memory = memory;
        this.meter = meter;
        this.firmware = memory.recall(firmwareOfMeter())
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

    Obis closingProfile() {
        return object("closing-profile", Obis.DAILY_CLOSING);
    }

    /** Billing periods: data of billing period 1 (IEC 62056-61). */
    Obis billingProfile() {
        return object("billing-profile", new Obis(0, 0, 98, 1, 0, 255));
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

    Optional<ProfileShape> shape(Obis profile) {
        return memory.recall(key("profile/" + profile)).flatMap(ProfileShape::parse);
    }

    void remember(ProfileShape shape) {
        LOG.info("model {}: learned profile {}", meter.model(), shape.text());
        memory.remember(key("profile/" + shape.profile()), shape.text());
    }

    void forgetShapes() {
        LOG.warn(
                "model {}: the shape of its profiles changed (seen at meter {}), learning again",
                meter.model(),
                meter.id());
        memory.forget(key("profile/" + loadProfile()));
        memory.forget(key("profile/" + closingProfile()));
        memory.forget(key("profile/" + billingProfile()));
        EVENT_LOGS.forEach(log -> memory.forget(key("profile/" + log)));
    }

    Optional<Deviation> toldDeviation() {
        return told("deviation").map(Deviation::valueOf);
    }

    Optional<Deviation> learnedDeviation() {
        return memory.recall(key("deviation")).map(Deviation::valueOf);
    }

    void rememberDeviation(Deviation deviation) {
        LOG.info("model {}: deviation is {} (learned at meter {})", meter.model(), deviation, meter.id());
        memory.remember(key("deviation"), deviation.name());
    }

    Optional<Stamp> stamp() {
        return told("stamp").or(() -> memory.recall(key("stamp"))).map(Stamp::valueOf);
    }

    boolean isStampTold() {
        return told("stamp").isPresent();
    }

    void rememberStamp(Stamp stamp) {
        LOG.info("model {}: rows are stamped at interval {} (learned at meter {})", meter.model(), stamp, meter.id());
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
        LOG.info("model {}: at most {} attributes in one request", meter.model(), limit);
        memory.remember(key("list-limit"), Integer.toString(limit));
    }

    boolean readsByEntry() {
        return memory.recall(key("by-entry")).isPresent();
    }

    void rememberByEntry() {
        LOG.info("model {}: selective access by range fails, by entry works", meter.model());
        memory.remember(key("by-entry"), "yes");
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
