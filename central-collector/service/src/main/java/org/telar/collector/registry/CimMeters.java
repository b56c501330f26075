package org.telar.collector.registry;

import java.time.ZoneId;
import java.util.Optional;

import org.springframework.stereotype.Component;
import org.telar.collector.integration.requests.MeterDesk;
import org.telar.collector.platform.CollectorSettings;

/** The registry for MeterConfig messages (R88): the same rules as for any other change. Thread-safe. */
@Component
class CimMeters implements MeterDesk {
    private final Meters meters;
    private final Gateways gateways;
    private final ZoneId zone;

    CimMeters(Meters meters, Gateways gateways, CollectorSettings settings) {
        this.meters = meters;
        this.gateways = gateways;
        this.zone = settings.zone();
    }

    @Override
    public Optional<Refusal> put(Change c) {
        Optional<Meters.Meter> before = meters.find(c.number());
        MeterState state = state(c, before);
        if (state == MeterState.REMOVED && before.isEmpty()) {
            return refuse("2.4", "UNKNOWN_METER", "there is no meter " + c.number());
        }
        boolean known = c.gateway().isEmpty()
                || gateways.find(c.gateway())
                        .filter(Gateways.Gateway::registered)
                        .isPresent();
        if (!known) {
            return refuse("2.29", "UNKNOWN_GATEWAY", "concentrator " + c.gateway() + " is not registered");
        }
        if (before.isEmpty() && state.needsGateway() && c.gateway().isEmpty()) {
            return refuse("2.29", "NOT_BOUND", "a meter needs a concentrator to be " + state);
        }
        try {
            meters.put(new Meters.Entry(
                    c.number(),
                    state,
                    c.gateway(),
                    c.model(),
                    c.zone().isEmpty() && before.isEmpty() ? zone.getId() : c.zone(),
                    c.identity(),
                    c.ratio()));
            return Optional.empty();
        } catch (Meters.RefusedEntry e) {
            return refuse("5.2", "METER_STATE", e.getMessage());
        }
    }

    private static MeterState state(Change c, Optional<Meters.Meter> before) {
        if (!c.state().isEmpty()) {
            return MeterState.valueOf(c.state());
        }
        return before.map(Meters.Meter::state).orElse(c.gateway().isEmpty() ? MeterState.REGISTERED : MeterState.BOUND);
    }

    private static Optional<Refusal> refuse(String code, String reason, String words) {
        return Optional.of(new Refusal(code, reason, words));
    }
}
