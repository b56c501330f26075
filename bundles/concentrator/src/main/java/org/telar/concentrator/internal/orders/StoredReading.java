package org.telar.concentrator.internal.orders;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterReadout;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.concentrator.internal.Services;
import org.telar.concentrator.internal.load.Recorder;
import org.telar.contract.Order;
import org.telar.contract.Result.OrderResult;
import org.telar.contract.Result.State;

/** Answers an order from what the concentrator holds, without the meter. The reading travels up like any other. */
final class StoredReading {
    private static final Duration LOOK_BACK = Duration.ofDays(60);
    /** Path of what was not read from the meter now. */
    private static final String STORE = "store";

    private final Services services;
    private final Recorder recorder;

    StoredReading(Services services, Recorder recorder) {
        this.services = services;
        this.recorder = recorder;
    }

    void read(Order order, Meter meter, OrderPlan plan, Consumer<OrderResult> results) {
        Instant now = Instant.ofEpochMilli(services.clock().millis());
        OrderResult result;
        try {
            if (order.type() == Order.Type.READ_STATUS) {
                result = failed(order, meter, Ko.UNSUPPORTED, "status words are read from the meter only", now);
            } else {
                result = fromStore(order, meter, plan, now);
            }
        } catch (StoreException e) {
            result = failed(order, meter, Ko.INTERNAL, "the store cannot be read: " + e.getMessage(), now);
        }
        results.accept(result);
    }

    private OrderResult fromStore(Order order, Meter meter, OrderPlan plan, Instant now) throws StoreException {
        TimeRange range = plan.range().orElse(new TimeRange(now.minus(LOOK_BACK), now));
        List<ProfileBlock> blocks = List.of();
        List<RegisterSet> sets = List.of();
        switch (order.type()) {
            case READ_PROFILE -> blocks = services.store().profile(meter.id(), Obis.LOAD_PROFILE, range);
            case READ_CLOSINGS -> sets = ofKind(meter, range, RegisterKind.DAILY);
            case READ_BILLING -> sets = ofKind(meter, range, RegisterKind.BILLING);
            default -> {
                List<RegisterSet> all = ofKind(meter, range, RegisterKind.ON_DEMAND);
                all = all.isEmpty() ? ofKind(meter, range, RegisterKind.DAILY) : all;
                sets = all.stream()
                        .max(Comparator.comparing(RegisterSet::stamp))
                        .map(List::of)
                        .orElse(List.of());
            }
        }
        Reading reading = new Reading();
        reading.add(blocks, sets, List.of());
        if (reading.isEmpty()) {
            return new OrderResult(
                    order.id(),
                    meter.id().number(),
                    State.WARN,
                    Optional.empty(),
                    "",
                    "the concentrator holds nothing of what was asked for",
                    0,
                    now);
        }
        MeterReadout readout = new MeterReadout(
                meter.identity(), Optional.empty(), now.truncatedTo(ChronoUnit.SECONDS), blocks, sets, List.of(), 0);
        long sequence =
                recorder.record(meter, STORE, order.id(), readout, Lane.URGENT).sequence();
        String observed = reading.observations(plan.expected());
        return new OrderResult(
                order.id(),
                meter.id().number(),
                observed.isEmpty() ? State.EXE : State.WARN,
                Optional.empty(),
                "",
                observed,
                sequence,
                now);
    }

    private List<RegisterSet> ofKind(Meter meter, TimeRange range, RegisterKind kind) throws StoreException {
        return services.store().registers(meter.id(), range).stream()
                .filter(s -> s.kind() == kind)
                .toList();
    }

    private static OrderResult failed(Order order, Meter meter, Ko ko, String detail, Instant now) {
        return new OrderResult(
                order.id(), meter.id().number(), State.FAIL, Optional.of(ko), "concentrator", detail, 0, now);
    }
}
