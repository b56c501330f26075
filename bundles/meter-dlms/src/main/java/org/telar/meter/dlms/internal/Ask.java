package org.telar.meter.dlms.internal;

import java.time.Instant;
import java.util.List;

import org.openmuc.jdlms.AttributeAddress;
import org.openmuc.jdlms.ObisCode;
import org.openmuc.jdlms.SelectiveAccessDescription;
import org.openmuc.jdlms.datatypes.DataObject;
import org.telar.api.model.Obis;

/**
 * One attribute of a GET request.
 *
 * @param address what jDLMS sends
 * @param size bytes that it takes in the request
 */
record Ask(AttributeAddress address, int size) {
    /** Class, logical name, attribute, access selection flag. */
    private static final int PLAIN = 2 + 6 + 1 + 1;

    private static final int BY_RANGE = 1;
    private static final int BY_ENTRY = 2;

    static Ask of(int classId, Obis object, int attribute) {
        return new Ask(new AttributeAddress(classId, code(object), attribute), PLAIN);
    }

    /** Rows of a profile with stamps from..to, both inclusive (IEC 62056-62 §4.3.6, range_descriptor). */
    static Ask range(Obis profile, Instant from, Instant to, TimeRule rule) {
        DataObject column = DataObject.newStructureData(
                DataObject.newUInteger16Data(Capture.CLOCK),
                DataObject.newOctetStringData(Obis.CLOCK.bytes()),
                DataObject.newInteger8Data((byte) 2),
                DataObject.newUInteger16Data(0));
        DataObject parameter = DataObject.newStructureData(
                column, time(from, rule), time(to, rule), DataObject.newArrayData(List.of()));
        return selective(profile, BY_RANGE, parameter, 51);
    }

    /** Rows number from..to of a profile, counted from 1; all columns (entry_descriptor). */
    static Ask entries(Obis profile, long from, long to) {
        DataObject parameter = DataObject.newStructureData(
                DataObject.newUInteger32Data(from),
                DataObject.newUInteger32Data(to),
                DataObject.newUInteger16Data(1),
                DataObject.newUInteger16Data(0));
        return selective(profile, BY_ENTRY, parameter, 19);
    }

    private static Ask selective(Obis profile, int selector, DataObject parameter, int size) {
        SelectiveAccessDescription access = new SelectiveAccessDescription(selector, parameter);
        return new Ask(new AttributeAddress(Capture.PROFILE, code(profile), 2, access), PLAIN + size);
    }

    private static DataObject time(Instant instant, TimeRule rule) {
        return DataObject.newOctetStringData(rule.local(instant).encoded());
    }

    static ObisCode code(Obis o) {
        return new ObisCode(o.a(), o.b(), o.c(), o.d(), o.e(), o.f());
    }
}
