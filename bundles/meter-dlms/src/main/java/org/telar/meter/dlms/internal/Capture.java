package org.telar.meter.dlms.internal;

import java.util.Optional;

import org.telar.api.model.Obis;
import org.telar.api.model.Unit;

/**
 * One captured object of a profile (IEC 62056-62 §4.3.6.2.3).
 *
 * @param classId COSEM class
 * @param object logical name
 * @param attribute captured attribute
 * @param index 0 for the whole attribute
 * @param unit scaler and unit where the class has one
 */
record Capture(int classId, Obis object, int attribute, int index, Optional<Unit> unit) {
    static final int DATA = 1;
    static final int REGISTER = 3;
    static final int EXTENDED_REGISTER = 4;
    static final int DEMAND_REGISTER = 5;
    static final int PROFILE = 7;
    static final int CLOCK = 8;
    private static final int STATUS_GROUP = 96;
    private static final int STATUS_OF_PROFILE = 10;

    enum Role {
        STAMP,
        STATUS,
        VALUE,
        /** When the value of the same object occurred. */
        OCCURRED,
        /** Not ours to understand: skipped, never misread. */
        OTHER
    }

    Role role() {
        return switch (classId) {
            case CLOCK -> attribute == 2 ? Role.STAMP : Role.OTHER;
            case DATA -> isStatus() ? Role.STATUS : attribute == 2 ? Role.VALUE : Role.OTHER;
            case REGISTER -> attribute == 2 ? Role.VALUE : Role.OTHER;
            case EXTENDED_REGISTER -> attribute == 2 ? Role.VALUE : attribute == 5 ? Role.OCCURRED : Role.OTHER;
            case DEMAND_REGISTER -> attribute == 3 ? Role.VALUE : attribute == 6 ? Role.OCCURRED : Role.OTHER;
            default -> Role.OTHER;
        };
    }

    private boolean isStatus() {
        return object.a() == 0 && object.c() == STATUS_GROUP && object.d() == STATUS_OF_PROFILE && attribute == 2;
    }

    /** The attribute that holds scaler and unit, 0 if the class has none. */
    static int scalerAttribute(int classId) {
        return switch (classId) {
            case REGISTER, EXTENDED_REGISTER -> 3;
            case DEMAND_REGISTER -> 4;
            default -> 0;
        };
    }

    /** As the meter tells it. */
    Capture bare() {
        return new Capture(classId, object, attribute, index, Optional.empty());
    }

    Capture with(Unit known) {
        return new Capture(classId, object, attribute, index, Optional.of(known));
    }
}
