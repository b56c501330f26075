package org.telar.api.meter;

import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

/** A meter could not be read: why, which meter, and what happened in words. */
public class MeterException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Ko ko;
    private final transient MeterId meter;

    public MeterException(Ko ko, MeterId meter, String detail) {
        this(ko, meter, detail, null);
    }

    public MeterException(Ko ko, MeterId meter, String detail, Throwable cause) {
        super("meter " + meter + ": " + ko + ": " + detail, cause);
        this.ko = ko;
        this.meter = meter;
    }

    public Ko ko() {
        return ko;
    }

    public MeterId meter() {
        return meter;
    }
}
