package org.telar.meter.dlms.internal;

import java.util.Optional;

import org.openmuc.jdlms.AccessResultCode;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

/** Tells failures in the domain's codes (D13). */
final class Failures {
    private Failures() {}

    static Optional<LinkException> link(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof LinkException link) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    static MeterException told(MeterId meter, Exception failure) {
        if (failure instanceof MeterException already) {
            return already;
        }
        Optional<LinkException> link = link(failure);
        if (link.isEmpty()) {
            // jDLMS could not make sense of an answer that was within bounds.
            return new MeterException(Ko.PROTOCOL, meter, "an answer could not be understood: " + failure, failure);
        }
        Ko ko =
                switch (link.get().kind()) {
                    case SILENT -> Ko.METER_SILENT;
                    case CLOSED -> Ko.METER_UNREACHABLE;
                    case BROKEN, GARBLED, REFUSED -> Ko.PROTOCOL;
                    case COUNTER, UNDECIPHERABLE -> Ko.AUTH_FAILED;
                    case CANCELLED -> Ko.CANCELLED;
                };
        return new MeterException(ko, meter, link.get().getMessage(), failure);
    }

    /** A single attribute or method was refused. */
    static MeterException refused(MeterId meter, String what, AccessResultCode code) {
        Ko ko = code == AccessResultCode.READ_WRITE_DENIED || code == AccessResultCode.SCOPE_OF_ACCESS_VIOLATED
                ? Ko.AUTH_FAILED
                : Ko.UNSUPPORTED;
        return new MeterException(ko, meter, what + ": " + code);
    }
}
