package org.telar.meter.dlms.internal;

import java.util.Locale;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Meter;
import org.telar.api.meter.ModelMemory;
import org.telar.api.model.Obis;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.ProfileBuilder.Stamp;
import org.telar.meter.dlms.internal.TimeRule.Deviation;

/**
 * What is known of a meter's model: told by the meter table's parameters, or learned once and remembered. The
 * parameters {@code deviation} (normal, inverted, unspecified) and {@code stamp} (end, start) win over what was learned.
 */
final class ModelNotes {
    private static final Logger LOG = LoggerFactory.getLogger(ModelNotes.class);
    private static final int MOST_IN_A_LIST = 64;

    private final ModelMemory memory;
    private final Meter meter;
    private final String prefix;

    ModelNotes(ModelMemory memory, Meter meter) {
        this.memory = memory;
        this.meter = meter;
        this.prefix = "dlms/" + meter.model() + "/";
    }

    /**
     * How a register object is read.
     *
     * @param classId COSEM class
     * @param unit scaler and unit, NONE for class 1
     */
    record Register(int classId, Unit unit) {}

    Obis loadProfile() {
        return object("load-profile", Obis.LOAD_PROFILE);
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

    Optional<ProfileShape> shape(Obis profile) {
        return memory.recall(prefix + "profile/" + profile).flatMap(ProfileShape::parse);
    }

    void remember(ProfileShape shape) {
        LOG.info("model {}: learned profile {}", meter.model(), shape.text());
        memory.remember(prefix + "profile/" + shape.profile(), shape.text());
    }

    void forgetShapes() {
        LOG.warn(
                "model {}: the shape of its profiles changed (seen at meter {}), learning again",
                meter.model(),
                meter.id());
        memory.forget(prefix + "profile/" + loadProfile());
        memory.forget(prefix + "profile/" + closingProfile());
    }

    Optional<Deviation> toldDeviation() {
        return told("deviation").map(Deviation::valueOf);
    }

    Optional<Deviation> learnedDeviation() {
        return memory.recall(prefix + "deviation").map(Deviation::valueOf);
    }

    void rememberDeviation(Deviation deviation) {
        LOG.info("model {}: deviation is {} (learned at meter {})", meter.model(), deviation, meter.id());
        memory.remember(prefix + "deviation", deviation.name());
    }

    Optional<Stamp> stamp() {
        return told("stamp").or(() -> memory.recall(prefix + "stamp")).map(Stamp::valueOf);
    }

    boolean isStampTold() {
        return told("stamp").isPresent();
    }

    void rememberStamp(Stamp stamp) {
        LOG.info("model {}: rows are stamped at interval {} (learned at meter {})", meter.model(), stamp, meter.id());
        memory.remember(prefix + "stamp", stamp.name());
    }

    void forgetStamp() {
        memory.forget(prefix + "stamp");
    }

    private Optional<String> told(String parameter) {
        return Optional.ofNullable(meter.parameters().get(parameter))
                .filter(s -> !s.isBlank() && !s.equalsIgnoreCase("learn"))
                .map(s -> s.strip().toUpperCase(Locale.ROOT));
    }

    /** How many attributes one GET-with-list of this model may hold. */
    int listLimit() {
        String text = meter.parameters().getOrDefault("list-limit", "");
        return (text.isBlank() ? memory.recall(prefix + "list-limit") : Optional.of(text))
                .map(Integer::parseInt)
                .map(n -> Math.max(1, Math.min(MOST_IN_A_LIST, n)))
                .orElse(MOST_IN_A_LIST);
    }

    void rememberListLimit(int limit) {
        LOG.info("model {}: at most {} attributes in one request", meter.model(), limit);
        memory.remember(prefix + "list-limit", Integer.toString(limit));
    }

    boolean readsByEntry() {
        return memory.recall(prefix + "by-entry").isPresent();
    }

    void rememberByEntry() {
        LOG.info("model {}: selective access by range fails, by entry works", meter.model());
        memory.remember(prefix + "by-entry", "yes");
    }

    Optional<Register> register(Obis object) {
        return memory.recall(prefix + "register/" + object).map(text -> {
            String[] f = text.split(",");
            return new Register(Integer.parseInt(f[0]), new Unit(Integer.parseInt(f[1]), Integer.parseInt(f[2])));
        });
    }

    void remember(Obis object, Register r) {
        String text = r.classId() + "," + r.unit().scaler() + "," + r.unit().code();
        memory.remember(prefix + "register/" + object, text);
    }
}
