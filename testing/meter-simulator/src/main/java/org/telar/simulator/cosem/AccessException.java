package org.telar.simulator.cosem;

import gurux.dlms.enums.ErrorCode;

/** A request that the meter answers with a data-access-result (IEC 62056-5-3). */
public final class AccessException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public AccessException(ErrorCode code) {
        super(code.name(), null, false, false);
        this.code = code;
    }

    /** The data-access-result. */
    public ErrorCode code() {
        return code;
    }
}
