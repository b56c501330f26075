package org.telar.simulator.fleet;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The faults that are set on one meter. Thread safe; costs nothing while there are none. */
public final class Faults {
    private final int meter;
    private volatile Map<FaultKind, Fault> faults = Map.of();
    private volatile Map<String, byte[]> remembered = Map.of();

    Faults(int meter) {
        this.meter = meter;
    }

    /** Sets a fault; an earlier one of the same kind is over. */
    public synchronized void set(FaultKind kind, Fault.Terms terms) {
        Map<FaultKind, Fault> all = new ConcurrentHashMap<>(faults);
        all.put(kind, new Fault(kind, terms, meter));
        if (kind == FaultKind.SAME_PROFILE) {
            remembered = new ConcurrentHashMap<>();
        }
        faults = all;
    }

    /** Ends one kind of fault. */
    public synchronized void clear(FaultKind kind) {
        if (faults.containsKey(kind)) {
            Map<FaultKind, Fault> all = new ConcurrentHashMap<>(faults);
            all.remove(kind);
            faults = all;
        }
        if (kind == FaultKind.SAME_PROFILE) {
            remembered = Map.of();
        }
    }

    /** Ends all faults. */
    public synchronized void clear() {
        faults = Map.of();
        remembered = Map.of();
    }

    /** What is set now. */
    public Collection<Fault> all() {
        return faults.values();
    }

    /** The fault of this kind, if one is set; this is no occasion for it to strike. */
    public Optional<Fault> find(FaultKind kind) {
        return Optional.ofNullable(faults.get(kind));
    }

    /** True while a fault of this kind is set and not over; this is no occasion for it to strike. */
    public boolean pending(FaultKind kind) {
        Fault fault = faults.get(kind);
        return fault != null && fault.pending();
    }

    /** An occasion for a fault of this kind: present if it strikes. */
    public Optional<Fault> strikes(FaultKind kind) {
        Fault fault = faults.get(kind);
        return fault != null && fault.strikes() ? Optional.of(fault) : Optional.empty();
    }

    /** A profile's encoded rows: the true ones, or those of the first read while SAME_PROFILE strikes. */
    public byte[] profile(String obis, byte[] truth) {
        if (!pending(FaultKind.SAME_PROFILE)) {
            return truth;
        }
        byte[] first = remembered.putIfAbsent(obis, truth);
        return first != null && strikes(FaultKind.SAME_PROFILE).isPresent() ? first : truth;
    }
}
