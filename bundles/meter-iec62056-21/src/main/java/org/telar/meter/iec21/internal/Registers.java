package org.telar.meter.iec21.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.telar.api.model.Obis;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.TimeRange;
import org.telar.meter.iec21.internal.DataSet.Value;

/** Registers out of data sets: single values, daily closings (profile P.02), billing history values of the readout. */
final class Registers {
    /** Data of a billing period, IEC 62056-61. */
    static final Obis BILLING = new Obis(1, 0, 98, 1, 0, 255);

    private static final int CURRENT = 255;

    private final MeterTime time;
    private final int groupB;

    Registers(MeterTime time, int groupB) {
        this.time = time;
        this.groupB = groupB;
    }

    /** The register of a data set {@code 1.8.0(00012345.678*kWh)}, or of a demand with its time behind it (D18). */
    Optional<RegisterValue> value(Obis register, DataSet set) {
        if (set.values().isEmpty()) {
            return Optional.empty();
        }
        Value value = set.values().get(0);
        Optional<Instant> occurred = set.values().stream()
                .skip(1)
                .map(Value::text)
                .filter(MeterTime::isStamp)
                .findFirst()
                .flatMap(this::stamp);
        return Quantity.parse(value.text())
                .map(q -> new RegisterValue(register, Quantity.unit(value.unit(), q.decimals()), q.digits(), occurred));
    }

    /** The current value of a register in a readout. */
    Optional<RegisterValue> find(Obis register, List<DataSet> readout) {
        return set(register, readout).flatMap(s -> value(register, s));
    }

    /** The data set of an object in a readout. */
    Optional<DataSet> set(Obis object, List<DataSet> readout) {
        return readout.stream()
                .filter(s -> Code.tryParse(s.id(), groupB)
                        .filter(c -> c.obis().b() == object.b() && c.sameQuantity(object))
                        .isPresent())
                .findFirst();
    }

    /** Daily closings out of the rows of P.02 that are in the ranges asked. */
    List<RegisterSet> daily(List<Segment> segments, TimeRange range) {
        List<RegisterSet> sets = new ArrayList<>();
        for (Segment segment : segments) {
            for (Segment.Row row : segment.rows()) {
                if (range.contains(row.end())) {
                    sets.add(new RegisterSet(
                            RegisterKind.DAILY, Obis.DAILY_CLOSING, row.end(), row.status(), values(segment, row)));
                }
            }
        }
        return sets;
    }

    private List<RegisterValue> values(Segment segment, Segment.Row row) {
        List<RegisterValue> values = new ArrayList<>();
        for (Segment.Channel channel : segment.channels()) {
            Optional<Instant> occurred =
                    channel.time() < 0 ? Optional.empty() : stamp(row.cells().get(channel.time()));
            row.value(channel)
                    .ifPresent(q -> values.add(new RegisterValue(
                            channel.obis(), Quantity.unit(channel.symbol(), q.decimals()), q.digits(), occurred)));
        }
        return values;
    }

    /**
     * Billing history values: {@code 1.8.0*09(...)} with the stamp of period 9 in {@code 0.1.2*09(...)}. A period whose
     * stamp the meter does not give is left out: nobody could say what it closes.
     */
    List<RegisterSet> billing(List<DataSet> readout, List<TimeRange> ranges) {
        Map<Integer, Instant> stamps = new TreeMap<>();
        Map<Integer, List<RegisterValue>> values = new TreeMap<>();
        for (DataSet set : readout) {
            Optional<Code> code =
                    Code.tryParse(set.id(), groupB).filter(c -> c.obis().f() != CURRENT);
            if (code.isEmpty()) {
                continue;
            }
            Obis obis = code.get().obis();
            if (obis.c() == 0) {
                if (obis.d() == 1 && obis.e() == 2) {
                    stamp(set.first()).ifPresent(at -> stamps.put(obis.f(), at));
                }
                continue;
            }
            Obis current = new Obis(obis.a(), obis.b(), obis.c(), obis.d(), obis.e(), CURRENT);
            value(current, set).ifPresent(v -> values.computeIfAbsent(obis.f(), f -> new ArrayList<>())
                    .add(v));
        }
        List<RegisterSet> sets = new ArrayList<>();
        stamps.forEach((period, at) -> {
            List<RegisterValue> own = values.getOrDefault(period, List.of());
            if (!own.isEmpty()
                    && own.size() <= RegisterSet.MAX_VALUES
                    && ranges.stream().anyMatch(r -> r.contains(at))) {
                sets.add(new RegisterSet(RegisterKind.BILLING, BILLING, at, 0, own));
            }
        });
        return sets;
    }

    private Optional<Instant> stamp(String text) {
        try {
            return Optional.of(time.parse(text, Instant.MIN).at());
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}
