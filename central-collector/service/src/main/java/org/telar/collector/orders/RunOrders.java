package org.telar.collector.orders;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.n2pload.LoadRuns;
import org.telar.contract.Order;

/** Orders N2PLoad runs at concentrators: the run and its order have one id and begin together. Thread-safe. */
@Component
public class RunOrders {
    private final Orders orders;
    private final LoadRuns runs;
    private final TransactionTemplate transactions;

    public RunOrders(Orders orders, LoadRuns runs, TransactionTemplate transactions) {
        this.orders = orders;
        this.runs = runs;
        this.transactions = transactions;
    }

    /** @param gateway a registered one: the caller has checked */
    public Orders.Taken start(String gateway, Duration deadline, String requester, Optional<String> key)
            throws Orders.KeyConflict {
        record Outcome(Orders.Taken taken, Orders.KeyConflict conflict) {}
        Outcome outcome = transactions.execute(status -> {
            try {
                Orders.Taken taken = orders.createForGateway(
                        "r-" + UUID.randomUUID(), Order.Type.RUN_N2PLOAD, gateway, Map.of(), deadline, requester, key);
                if (!taken.repeated()) {
                    runs.ordered(taken.order().id(), gateway, taken.order().deadline());
                }
                return new Outcome(taken, null);
            } catch (Orders.KeyConflict e) {
                return new Outcome(null, e);
            }
        });
        if (outcome.conflict() != null) {
            throw outcome.conflict();
        }
        return outcome.taken();
    }
}
