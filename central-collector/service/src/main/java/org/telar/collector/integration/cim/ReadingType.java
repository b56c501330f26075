package org.telar.collector.integration.cim;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.telar.api.model.Obis;

/**
 * A ReadingType mRID that the table knows, with what it means (IEC 61968-9 Annex C).
 *
 * @param mrid 18 fields
 * @param channel OBIS code as captured
 * @param uses where it may stand
 * @param period measuring period, if the mRID gives one
 * @param multiplier power of ten of the value (field 16): value × 10^multiplier in the unit
 * @param unit CIM unit (field 17): 72 Wh, 73 varh, 38 W
 */
public record ReadingType(
        String mrid, Obis channel, Set<Use> uses, Optional<Duration> period, int multiplier, int unit) {
    static final int FIELDS = 18;

    private static final Map<Integer, Integer> CIM_UNITS =
            Map.of(27, 38, 28, 61, 29, 63, 30, 72, 31, 71, 32, 73, 33, 5, 35, 29, 44, 33);
    private static final Map<Integer, String> NAMES =
            Map.of(38, "W", 61, "VA", 63, "var", 72, "Wh", 71, "VAh", 73, "varh", 5, "A", 29, "V", 33, "Hz");
    private static final Map<Integer, Duration> PERIODS = Map.of(
            1, Duration.ofMinutes(10),
            2, Duration.ofMinutes(15),
            3, Duration.ofMinutes(1),
            4, Duration.ofHours(24),
            5, Duration.ofMinutes(30),
            6, Duration.ofMinutes(5),
            7, Duration.ofMinutes(60));

    /** The CIM unit of a DLMS unit, if the two correspond without a factor. */
    static Optional<Integer> cimUnit(int dlmsUnit) {
        return Optional.ofNullable(CIM_UNITS.get(dlmsUnit));
    }

    static Optional<Duration> period(int field) {
        return Optional.ofNullable(PERIODS.get(field));
    }

    static Optional<Integer> periodField(Duration period) {
        return PERIODS.entrySet().stream()
                .filter(e -> e.getValue().equals(period))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Name of the unit without multiplier, for people: {@code Wh}. */
    public String unitName() {
        return NAMES.getOrDefault(unit, "unit " + unit);
    }
}
