package org.telar.benchmarks.island;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

import org.telar.acquisition.JobResult;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Priority;
import org.telar.acquisition.Reachability;
import org.telar.acquisition.Work;
import org.telar.api.model.MeterId;

/** One run: a load of every meter, orders meanwhile, meters that come and go; the part of the concentrator. */
final class Island {
    private static final Duration WINDOW = Duration.ofHours(12);
    private static final Duration HOUSEKEEPING = Duration.ofSeconds(1);
    private static final Duration PROBE_EVERY = Duration.ofHours(1);
    private static final Duration ORDER_PATIENCE = Duration.ofMinutes(5);
    private static final double SECONDS_BETWEEN_ORDERS = 60;

    /**
     * What a run brought.
     *
     * @param hours until the last meter that can be reached was read
     * @param completePercent of the meters that can be reached
     */
    record Result(Way way, double hours, double completePercent, int read, Tally tally) {}

    private final Way way;
    private final MeterDay day;
    private final List<IslandMeter> meters;
    private final Map<MeterId, IslandMeter> byId = new HashMap<>();
    private final Random orderDice;
    private final Events events = new Events(this::passed);
    private final Tally tally = new Tally();
    private final Reachability reachability = new Reachability();
    private final ModelledMedium medium;
    /** Meters whose day is queued or being read. */
    private final Set<IslandMeter> pending = new LinkedHashSet<>();

    Island(MeterDay day, Way way, PrimeModel model, int meters, long seed) {
        this.day = day;
        this.way = way;
        this.meters = IslandMeter.fleet(meters, seed);
        this.meters.forEach(m -> byId.put(m.id(), m));
        this.orderDice = new Random(seed + 1);
        this.medium = new ModelledMedium(events, day, model, seed, reachability, tally, byId::get);
    }

    Result run() {
        reachability.onChange((id, now, why) -> {
            if (now == Reachability.State.REACHED && byId.get(id).missing() > 0) {
                load(byId.get(id), "catch-up", Priority.GAPS);
            }
        });
        for (IslandMeter m : meters) {
            load(m, "run", Priority.TODAY);
            m.away()
                    .filter(IslandMeter.Away::announced)
                    .ifPresent(a -> events.at(a.to(), () -> reachability.joined(m.id())));
        }
        planOrder();
        housekeeping();
        while (!isComplete() && events.now() < WINDOW.toNanos() && events.next()) {
            // Everything happens in the events.
        }
        long reachable = meters.stream().filter(IslandMeter::isReachable).count();
        int read = (int) meters.stream().filter(m -> m.missing() == 0).count();
        double hours = events.now() / (double) Duration.ofHours(1).toNanos();
        return new Result(way, hours, 100.0 * read / reachable, read, tally);
    }

    private boolean isComplete() {
        return meters.stream().allMatch(m -> !m.isReachable() || m.missing() == 0);
    }

    private void load(IslandMeter m, String group, Priority lane) {
        pending.add(m);
        submit(group, m, lane, WINDOW.toNanos(), new ModelledWork.Load(day, way, m), result -> pending.remove(m));
    }

    private void submit(
            String group, IslandMeter m, Priority lane, long deadline, Work work, Consumer<JobResult> done) {
        medium.scheduler().submit(new MeterJob(group, m.meter(), lane, deadline, work, done), events.now());
    }

    /** What the concentrator does once a second. */
    private void housekeeping() {
        for (MeterId id : reachability.probesDue(events.now(), PROBE_EVERY)) {
            IslandMeter m = byId.get(id);
            Work probe = ModelledWork.once(day.exchanges("probe", 0), () -> {});
            submit("probe", m, Priority.PROBE, events.now() + PROBE_EVERY.toNanos(), probe, result -> {});
        }
        events.after(HOUSEKEEPING, this::housekeeping);
        medium.look();
    }

    private void planOrder() {
        double wait = -Math.log(1 - orderDice.nextDouble()) * SECONDS_BETWEEN_ORDERS;
        events.after(Duration.ofNanos((long) (wait * Duration.ofSeconds(1).toNanos())), () -> {
            order(meters.get(orderDice.nextInt(meters.size())));
            planOrder();
        });
    }

    private void order(IslandMeter m) {
        long from = events.now();
        boolean there = m.isThere(from);
        boolean meanwhile = isWorkLeft();
        Work read = ModelledWork.once(day.exchanges("order", 0), () -> {});
        submit("order", m, Priority.ON_DEMAND, from + ORDER_PATIENCE.toNanos(), read, result -> {
            if (result instanceof JobResult.Unreached) {
                tally.orderKo(there);
            } else if (meanwhile) {
                tally.orderAnswered(events.now() - from);
            }
        });
        medium.look();
    }

    /** Something of a meter that is on the network waits to be read. */
    private boolean isWorkLeft() {
        long now = events.now();
        return pending.stream().anyMatch(m -> m.isThere(now));
    }

    private void passed(long from, long to) {
        tally.passed(to - from, isWorkLeft(), medium.isBusy());
    }
}
