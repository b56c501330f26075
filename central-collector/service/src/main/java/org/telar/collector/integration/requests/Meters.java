package org.telar.collector.integration.requests;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.telar.api.model.MeterId;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.CimRequest.Device;
import org.telar.collector.integration.cim.Reply;

/** The meters that a request names: by number, or by the mRID that our messages give them. */
final class Meters {
    private final MeterDirectory directory;

    Meters(MeterDirectory directory) {
        this.directory = directory;
    }

    /** @param refused named and unknown, or not named at all */
    record Found(List<String> numbers, List<Reply.Error> refused) {}

    Found of(List<Device> devices) {
        Map<String, Boolean> numbers = new LinkedHashMap<>();
        Map<String, Reply.Error> refused = new LinkedHashMap<>();
        for (Device d : devices) {
            String number = d.number().isEmpty() ? directory.numberOf(d.mrid()).orElse(d.mrid()) : d.number();
            try {
                numbers.put(new MeterId(number).number(), true);
            } catch (IllegalArgumentException e) {
                refused.put(
                        d.shown(),
                        Reply.Error.ofMeter(
                                CimException.UNKNOWN_METER,
                                Reply.Level.FATAL,
                                "UNKNOWN_METER",
                                e.getMessage(),
                                d.shown()));
            }
        }
        return new Found(List.copyOf(numbers.keySet()), List.copyOf(refused.values()));
    }
}
