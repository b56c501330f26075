package org.telar.api.model;

/** Why a set of registers was captured; part of a register reading's key. Codes are stable on the wire. */
public enum RegisterKind {
    /** The closing of a local day, stamped at the first instant of the next one (D5). */
    DAILY(1),
    /** A billing closing. */
    BILLING(2),
    /** Read on demand or instantaneous, stamped by the meter's clock at the read. */
    ON_DEMAND(3);

    private final int code;

    RegisterKind(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** @throws IllegalArgumentException for a code that this version does not know */
    public static RegisterKind of(int code) {
        for (RegisterKind k : values()) {
            if (k.code == code) {
                return k;
            }
        }
        throw new IllegalArgumentException("unknown register kind " + code);
    }
}
