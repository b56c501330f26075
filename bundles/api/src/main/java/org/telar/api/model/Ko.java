package org.telar.api.model;

/** Why something was not done: our stable codes (D13). They travel in results, events, the API and CIM replies. */
public enum Ko {
    /** The meter did not answer in time. */
    METER_SILENT,
    /** The concentrator has no path to the meter (left the network, port closed, refused). */
    METER_UNREACHABLE,
    /** A component of the concentrator failed: modem, SIM, serial port, base node. The detail names it. */
    CONCENTRATOR_FAULT,
    /** The centre has no link to the concentrator. */
    CONCENTRATOR_DOWN,
    NOT_COMMISSIONED,
    SUSPENDED,
    NOT_BOUND,
    UNKNOWN_METER,
    /** The meter or its model cannot do what was asked. */
    UNSUPPORTED,
    /** Wrong password, wrong key, or the invocation counter was refused. */
    AUTH_FAILED,
    /** Another meter answered (D1). */
    IDENTITY,
    /** The meter's clock or deviation is not resolved, so nothing was committed (D3). */
    CLOCK_UNRESOLVED,
    /** The answer broke the protocol or the announced shape. */
    PROTOCOL,
    DEADLINE,
    CANCELLED,
    BUSY,
    /** A fault of ours; the detail says which. */
    INTERNAL
}
