package org.telar.simulator.control;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.telar.simulator.fleet.Fault;
import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/** {@code fault}, {@code fault-clear} and {@code faults}. */
final class FaultCommands {
    private static final Set<String> KNOWN =
            Set.of("meter", "meters", "kind", "value", "skip", "times", "probability", "seed");

    private final Fleet fleet;

    FaultCommands(Fleet fleet) {
        this.fleet = fleet;
    }

    Map<String, Object> set(Arguments args) {
        args.only(KNOWN);
        FaultKind kind = FaultKind.of(args.text("kind"));
        if (args.has("value") && kind.most() == 0) {
            throw new IllegalArgumentException("value: the fault " + kind.text() + " has none");
        }
        Fault.Terms terms = new Fault.Terms(
                args.whole("value", kind.least(), kind.most(), kind.usual()),
                args.whole("skip", 0, Integer.MAX_VALUE, 0),
                args.whole("times", 1, Integer.MAX_VALUE, Long.MAX_VALUE),
                args.has("probability") ? args.number("probability", 0, 1) : 1,
                args.whole("seed", 0, 1L << 53, 0));
        Collection<Meter> meters = args.meters().stream()
                .filter(meter -> meter.spec().medium() != Medium.IEC21)
                .toList();
        if (meters.isEmpty()) {
            throw new IllegalArgumentException("meter: expected a DLMS meter; IEC 62056-21 meters know no faults but"
                    + " mute, drift and power-cut");
        }
        meters.forEach(meter -> meter.faults().set(kind, terms));
        return Map.of("meters", meters.size());
    }

    /** Ends one kind or all, of some meters or all; without kind, an intruder goes home too. */
    Map<String, Object> clear(Arguments args) {
        args.only(Set.of("meter", "meters", "kind"));
        Collection<Meter> meters = args.has("meter") || args.has("meters") ? args.meters() : fleet.meters();
        for (Meter meter : meters) {
            if (args.has("kind")) {
                meter.faults().clear(FaultKind.of(args.text("kind")));
            } else {
                meter.faults().clear();
                fleet.retreat(meter);
            }
        }
        return Map.of("meters", meters.size());
    }

    Map<String, Object> list() {
        List<Object> all = new ArrayList<>();
        for (Meter meter : fleet.meters()) {
            for (Fault fault : meter.faults().all()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("meter", meter.spec().number());
                one.put("kind", fault.kind().text());
                one.put("value", fault.value());
                one.put("struck", fault.struck());
                all.add(one);
            }
        }
        return Map.of("faults", all);
    }
}
