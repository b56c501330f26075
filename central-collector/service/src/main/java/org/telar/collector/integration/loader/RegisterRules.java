package org.telar.collector.integration.loader;

import org.telar.collector.integration.cim.ReadingType;
import org.telar.collector.integration.cim.Use;

/** What a Readings element is, from its reading type and reason. */
final class RegisterRules {
    private static final int WATT = 38;

    private RegisterRules() {}

    /** The timeStamp of a maximum demand is its occurrence (D18). */
    static boolean demand(ReadingType type) {
        return type.unit() == WATT;
    }

    /** The kind of closing: the reading type says it, and where it leaves a choice, the reason does. */
    static String kind(ReadingType type, String reason) {
        boolean daily = type.uses().contains(Use.DAILY);
        boolean billing = type.uses().contains(Use.BILLING);
        boolean asked = type.uses().contains(Use.ONDEMAND);
        if (asked && (reason.equals("inquiry") || !daily && !billing)) {
            return "ondemand";
        }
        if (daily) {
            return "daily";
        }
        return billing ? "billing" : "ondemand";
    }
}
