package org.telar.api.meter;

import java.time.ZoneId;
import java.util.Map;

import org.telar.api.model.MeterId;

/**
 * A line of the concentrator's meter table: who the meter is and how it is reached. No secrets (see {@link MeterKeys}).
 *
 * @param id the utility's meter number
 * @param driver protocol driver, for example {@code dlms}
 * @param model model and firmware family; what a model can do is learned once and remembered under this name
 * @param identity what the meter answers as its identity: logical device name or serial number (D1)
 * @param medium name of the medium in the hardware profile
 * @param address the driver's address on that medium, for example {@code wrapper:17} or {@code hdlc:1/17}
 * @param clientSap client address of the association, 1..127 (IEC 62056-53)
 * @param authentication least security accepted
 * @param zone zone of the meter's local time and of its days (D5)
 * @param parameters what else the driver needs, by name
 */
public record Meter(
        MeterId id,
        String driver,
        String model,
        String identity,
        String medium,
        String address,
        int clientSap,
        Authentication authentication,
        ZoneId zone,
        Map<String, String> parameters) {
    public Meter {
        parameters = Map.copyOf(parameters);
    }
}
