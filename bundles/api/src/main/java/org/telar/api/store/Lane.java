package org.telar.api.store;

/** Who goes first on the uplink. */
public enum Lane {
    /** On-demand results and alarms. */
    URGENT,
    /** Fresh readings. */
    LIVE,
    /** Backlog: drained beside the others with a fair share. */
    BACKLOG
}
