package org.telar.meter.dlms.internal;

import org.openmuc.jdlms.GetResult;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;

/** Checks that the meter that answered is the one of the meter table (D1), before anything of it is used. */
final class Identity {
    private Identity() {}

    /** The firmware as text, empty when the meter does not tell it. */
    static String firmware(GetResult answer) throws LinkException {
        return answer.requestSuccessful() && !answer.getResultData().isNull()
                ? Values.text(answer.getResultData())
                : "";
    }

    static String checked(Meter meter, GetResult answer) throws MeterException, LinkException {
        if (!answer.requestSuccessful()) {
            throw new MeterException(Ko.PROTOCOL, meter.id(), "its identity cannot be read: " + answer.getResultCode());
        }
        String identity = Values.text(answer.getResultData());
        if (!identity.equals(meter.identity())) {
            throw new MeterException(
                    Ko.IDENTITY,
                    meter.id(),
                    "at " + meter.address() + " answers " + identity + ", expected " + meter.identity());
        }
        return identity;
    }
}
