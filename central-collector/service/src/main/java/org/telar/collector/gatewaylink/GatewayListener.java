package org.telar.collector.gatewaylink;

import org.telar.contract.Status;

/** Hears what concentrators say besides readings, events and results. Called on the link's own side thread. */
public interface GatewayListener {
    /** The concentrator has an order (D15). */
    default void receipt(String gateway, String order) {}

    /** The concentrator came, went, or tells of itself. */
    default void status(String gateway, Status status) {}
}
