package org.telar.benchmarks.island;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import org.telar.benchmarks.Benchmark;
import org.telar.benchmarks.Figure;

/**
 * What a load of an island costs in airtime: 1,000 meters behind one base node, the product's scheduler, four ways of
 * reading the same meters; the usual way is the reference. Takes seconds, so a quick run is the same run.
 */
public final class IslandBenchmark implements Benchmark {
    private static final int METERS = 1_000;
    private static final List<Way> OURS = List.of(Way.ARRAY_1024, Way.ARRAY_64K, Way.COMPACT);

    @Override
    public String name() {
        return "island";
    }

    @Override
    public String describe() {
        return "airtime of a load of 1,000 meters on a modelled two-hop PRIME network, with the real scheduler";
    }

    @Override
    public List<Figure> run(Context context) throws IOException {
        MeterDay day = MeterDay.read();
        Island.Result usual = run(context, day, Way.USUAL);
        List<Island.Result> ours = new ArrayList<>();
        for (Way way : OURS) {
            ours.add(run(context, day, way));
        }
        return figures(usual, ours);
    }

    private static Island.Result run(Context context, MeterDay day, Way way) {
        Island.Result r = new Island(day, way, PrimeModel.TWO_HOPS, METERS, context.seed()).run();
        Tally t = r.tally();
        context.progress()
                .accept(String.format(
                        Locale.ROOT,
                        "%-24s %5.2f h, %.0f s of airtime, %.1f %% complete, medium %.1f %% busy, retries %.1f %%,"
                                + " longest exchange %.1f s; orders: %d answered, p50 %.1f s, p95 %.1f s, %d KO"
                                + " (%d of a meter on the network)",
                        way.name(),
                        r.hours(),
                        t.loadSeconds(),
                        r.completePercent(),
                        t.busyPercent(),
                        t.retryPercent(),
                        t.longestSeconds(),
                        t.orders(),
                        t.orderSeconds(0.5),
                        t.orderSeconds(0.95),
                        t.ordersKo(),
                        t.ordersLost()));
        return r;
    }

    static List<Figure> figures(Island.Result usual, List<Island.Result> ours) {
        Island.Result array = ours.get(0);
        Island.Result compact = ours.get(ours.size() - 1);
        String worst = "the worst of " + ours.size() + " ways of ours";
        return List.of(
                Figure.atLeast(
                        "complete_percent_of_reachable",
                        least(ours, Island.Result::completePercent),
                        "%",
                        100,
                        worst + "; " + array.read() + " meters"),
                Figure.atLeast("medium_busy_percent", least(ours, r -> r.tally().busyPercent()), "%", 90, worst),
                Figure.atMost("airtime_vs_usual_array", versus(array, usual), "x", 0.8, hours(array, usual)),
                Figure.atMost("airtime_vs_usual_compact", versus(compact, usual), "x", 0.3, hours(compact, usual)),
                Figure.reported(
                        "airtime_vs_floor",
                        compact.tally().loadSeconds() / floor(compact),
                        "x",
                        "compact u16 against its payload bits / PHY rate, one hop; arrays "
                                + Figure.plain(array.tally().loadSeconds() / floor(array)) + ", usual way "
                                + Figure.plain(usual.tally().loadSeconds() / floor(usual))),
                Figure.atMost(
                        "on_demand_p95_s",
                        -least(ours, r -> -r.tally().orderSeconds(0.95)),
                        "s",
                        15,
                        worst + ", " + array.tally().orders() + " orders with arrays; p50 "
                                + Figure.plain(array.tally().orderSeconds(0.5)) + ", usual way p95 "
                                + Figure.plain(usual.tally().orderSeconds(0.95))),
                Figure.atMost(
                        "retry_airtime_percent", -least(ours, r -> -r.tally().retryPercent()), "%", 15, worst));
    }

    private static double versus(Island.Result ours, Island.Result usual) {
        return ours.tally().loadSeconds() / usual.tally().loadSeconds();
    }

    private static String hours(Island.Result ours, Island.Result usual) {
        return Figure.plain(ours.tally().loadSeconds() / 3600) + " h of airtime, usual way "
                + Figure.plain(usual.tally().loadSeconds() / 3600) + " h";
    }

    private static double floor(Island.Result r) {
        return PrimeModel.TWO_HOPS.bits((long) r.read() * r.way().payload()) / 1e9;
    }

    private static double least(List<Island.Result> runs, ToDoubleFunction<Island.Result> figure) {
        return runs.stream().mapToDouble(figure).min().orElseThrow();
    }
}
