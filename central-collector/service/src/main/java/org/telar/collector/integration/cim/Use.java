package org.telar.collector.integration.cim;

import org.telar.api.model.RegisterKind;

/** Where a quantity stands: in the load profile or in one of the kinds of register sets. */
public enum Use {
    PROFILE,
    DAILY,
    BILLING,
    ONDEMAND;

    static Use of(RegisterKind kind) {
        return switch (kind) {
            case DAILY -> DAILY;
            case BILLING -> BILLING;
            case ON_DEMAND -> ONDEMAND;
        };
    }
}
