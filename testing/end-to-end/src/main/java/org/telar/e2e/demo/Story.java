package org.telar.e2e.demo;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.harness.Await;
import org.telar.harness.Centre;
import org.telar.harness.Fleet;
import org.telar.harness.GatewayFiles;
import org.telar.harness.HarnessException;
import org.telar.harness.Narrator;
import org.telar.harness.StatusFile;
import org.telar.harness.TelarSystem;

/**
 * The main job, with everything that may happen on the way: a load over three media, an on-demand read meanwhile, a cut
 * of the WAN, mute meters, a killed collector; and at the end the judgement.
 *
 * <p>Judged are the intervals that end after the first local midnight the first load asks for, up to the last one that
 * had ended a minute before the third load began: every meter was asked for all of them.
 */
final class Story {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration ORDER = Duration.ofMinutes(2);
    private static final Duration LEGACY = Duration.ofSeconds(90);
    private static final Duration CUT = Duration.ofSeconds(10);
    /** The agent tells its state once a second. */
    private static final Duration SHORTEST_CUT = Duration.ofMillis(2500);

    private static final int SLOT_MINUTES = 15;

    private final DemoOptions options;
    private final TelarSystem system;
    private final Narrator tell;

    private Centre centre;
    private Watch watch;
    private Fleet fleet;
    private FirstLoad firstLoad = new FirstLoad(0, 0, 0);
    private long onDemandMillis = -1;
    private boolean onDemandDuringLoad;
    private double recoverySeconds;
    private long falseValues;

    /** Measurements of the first load; negative where this build does not tell. */
    private record FirstLoad(double wireBytes, double socketBytes, double roundTrips) {}

    Story(DemoOptions options, TelarSystem system, Narrator tell) {
        this.options = options;
        this.system = system;
        this.tell = tell;
    }

    Outcome play() throws HarnessException, IOException, InterruptedException, SQLException {
        Instant midnight = firstMidnight();
        start();
        firstLoad(midnight);
        Instant before = system.clock().now();
        nextDay();
        Set<String> mute = mute();
        Set<String> notReached = secondLoad(mute, before);
        Instant until = thirdLoad(mute);
        Judgement judgement = new Judgement(system, tell, midnight, until);
        judgement.settle();
        return judgement.pass(
                options,
                new ArrayList<>(fleet.media()),
                () -> new Outcome.Figures(
                        firstLoad.wireBytes(),
                        firstLoad.socketBytes(),
                        firstLoad.roundTrips(),
                        system.agent().peakResident() / 1e6,
                        system.memory().peak() / 1e6,
                        onDemandMillis,
                        onDemandDuringLoad,
                        notReached.size(),
                        notReached.equals(mute),
                        falseValues,
                        recoverySeconds,
                        tell.seconds()));
    }

    /**
     * The local midnight from which the first load collects. The agent counts its days from its own start, so a midnight
     * just ahead is waited for: both must see the same day.
     */
    private Instant firstMidnight() throws InterruptedException {
        ZonedDateTime now = system.clock().now().atZone(ZONE);
        Duration left = Duration.between(
                now, now.toLocalDate().plusDays(1).atStartOfDay(ZONE).plusSeconds(1));
        if (left.compareTo(START) < 0) {
            tell.line("waiting for local midnight to pass", "se espera que pase la medianoche local");
            Thread.sleep(left.toMillis());
        }
        LocalDate today = LocalDate.ofInstant(system.clock().now(), ZONE);
        return today.minusDays(options.days()).atStartOfDay(ZONE).toInstant();
    }

    private void start() throws HarnessException, IOException, InterruptedException {
        tell.section(
                "1  Start: " + options.meters() + " simulated meters, the collector, the WAN, the edge agent",
                "1  Inicio: " + options.meters() + " medidores simulados, el colector, la WAN, el agente");
        // Deep enough for the asked days, whatever the meters' default.
        system.startSimulator(Math.max(45, options.days() + 5));
        fleet = system.simulator().fleet();
        tell.line(
                "meters answer on " + String.join(", ", fleet.media()),
                "los medidores contestan por " + String.join(", ", fleet.media()));
        system.startCollector();
        tell.line(
                "collector, broker and PostgreSQL are up (https://localhost:"
                        + options.ports().collectorHttps() + ")",
                "colector, broker y PostgreSQL en marcha (https://localhost:"
                        + options.ports().collectorHttps() + ")");
        centre = new Centre(system.collector().client());
        watch = new Watch(system, centre, tell);
        centre.registerGateway(TelarSystem.GATEWAY);
        centre.importMeters(GatewayFiles.registryImport(TelarSystem.GATEWAY, fleet));
        system.startWan();
        system.startAgent();
        watch.awaitLink();
        tell.line(
                "agent ready in " + system.agent().startTime().toMillis() + " ms, linked over mutual TLS 1.3",
                "agente listo en " + system.agent().startTime().toMillis() + " ms, enlazado con TLS 1.3 mutuo");
    }

    private void firstLoad(Instant midnight) throws HarnessException, IOException, InterruptedException, SQLException {
        tell.section(
                "2  N2PLoad: profile and closings since "
                        + midnight.atZone(ZONE).toLocalDate(),
                "2  N2PLoad: perfil y cierres desde " + midnight.atZone(ZONE).toLocalDate());
        system.simulator().resetTraffic();
        long wanBefore = system.wan().bytesUp() + system.wan().bytesDown();
        String run = centre.startRun(TelarSystem.GATEWAY);
        watch.awaitDone(run, 0.15);
        onDemand(run);
        watch.awaitDone(run, 0.45);
        cutWan(run);
        watch.awaitJudged(run, Watch.RUN);
        watch.awaitDrained();
        Ingested ingested = Ingested.of(centre.status());
        double socket = system.wan().bytesUp() + system.wan().bytesDown() - wanBefore;
        firstLoad = new FirstLoad(ingested.payloadBytesPerValue(), ingested.perValue(socket), roundTrips(midnight));
        tell.line(
                ingested.values() + " values at the centre; the backlog is empty",
                ingested.values() + " valores en el centro; no queda nada pendiente");
        long loaded = Judgement.awaitLegacy(system, tell, midnight, ingested.values(), LEGACY);
        tell.line(
                loaded + " values in the Legacy: queue, XML files and tables are through",
                loaded + " valores en Legacy: pasaron por cola, archivos XML y tablas");
    }

    private double roundTrips(Instant midnight) throws HarnessException {
        double days =
                Math.max(1, Duration.between(midnight, system.clock().now()).toMinutes() / 1440.0);
        double worst = -1;
        for (JsonNode medium : system.simulator().traffic()) {
            double meters = medium.path("meters").asDouble();
            if (meters > 0) {
                worst = Math.max(worst, medium.path("requests").asDouble() / meters / days);
            }
        }
        return worst;
    }

    private void onDemand(String run) throws HarnessException, IOException, InterruptedException {
        String meter = fleet.meters().get(fleet.meters().size() - 1).number();
        long begin = System.nanoTime();
        String order = centre.order(meter);
        Centre.Order answer = Await.until("the answer of meter " + meter, ORDER, () -> {
            watch.showProgress(run);
            return centre.orderState(order).filter(Centre.Order::finished);
        });
        onDemandMillis = (System.nanoTime() - begin) / 1_000_000;
        JsonNode progress = system.agent().status().run(run);
        onDemandDuringLoad =
                progress.path("done").asInt() < progress.path("total").asInt();
        String state = answer.state() + (answer.ko().isEmpty() ? "" : " " + answer.ko());
        tell.line(
                "on-demand read of meter " + meter + ": " + state + " in " + onDemandMillis + " ms, while the load "
                        + (onDemandDuringLoad ? "is running" : "had just ended"),
                "lectura a pedido del medidor " + meter + ": " + state + " en " + onDemandMillis + " ms, con la carga "
                        + (onDemandDuringLoad ? "en marcha" : "recién terminada"));
        if (!answer.state().equals("EXE")) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED, "The on-demand read ended as " + state + " " + answer.detail());
        }
    }

    private void cutWan(String run) throws HarnessException, InterruptedException {
        StatusFile status = system.agent().status();
        system.wan().cut();
        int doneAtCut = status.run(run).path("done").asInt();
        int total = status.run(run).path("total").asInt();
        tell.line(
                "the WAN is cut (" + doneAtCut + " of " + total + " meters read)",
                "se corta la WAN (" + doneAtCut + " de " + total + " medidores leídos)");
        long begin = System.nanoTime();
        Await.untilTrue("work during the cut", CUT.multipliedBy(2), () -> {
            watch.showProgress(run);
            int done = status.run(run).path("done").asInt();
            boolean enough = done >= total || done >= doneAtCut + total / 4;
            long passed = System.nanoTime() - begin;
            return Optional.of(passed > CUT.toNanos() || enough && passed > SHORTEST_CUT.toNanos());
        });
        // Long enough for the agent to notice, also when the load was already over.
        Await.untilTrue("the agent to notice the cut", Watch.LINK, () -> Optional.of(!status.linkUp()));
        int done = status.run(run).path("done").asInt();
        tell.line(
                "the edge went on: " + (done - doneAtCut) + " more meters, " + status.backlogValues()
                        + " values wait; the WAN returns",
                "el borde siguió: " + (done - doneAtCut) + " medidores más, " + status.backlogValues()
                        + " valores esperan; vuelve la WAN");
        system.wan().restore();
        watch.awaitLink();
    }

    private void nextDay() throws IOException, InterruptedException {
        tell.section("3  One day later", "3  Un día después");
        system.clock().advance(Duration.ofDays(1));
        tell.line(
                "simulator, agent and collector now see " + system.clock().now().truncatedTo(ChronoUnit.SECONDS),
                "simulador, agente y colector ven ahora " + system.clock().now().truncatedTo(ChronoUnit.SECONDS));
    }

    /** A few meters of every medium stop answering. */
    private Set<String> mute() throws HarnessException {
        Map<String, Integer> ofMedium = new HashMap<>();
        fleet.meters().forEach(m -> ofMedium.merge(m.medium(), 1, Integer::sum));
        Set<String> mute = new TreeSet<>();
        Map<String, Integer> taken = new HashMap<>();
        for (Fleet.SimulatedMeter m : fleet.meters()) {
            int wanted = Math.max(1, ofMedium.get(m.medium()) / 60);
            if (taken.getOrDefault(m.medium(), 0) < wanted && ofMedium.get(m.medium()) > 1) {
                taken.merge(m.medium(), 1, Integer::sum);
                mute.add(m.number());
            }
        }
        system.simulator().mute(mute, true);
        tell.line(mute.size() + " meters fall silent", mute.size() + " medidores dejan de contestar");
        return mute;
    }

    private Set<String> secondLoad(Set<String> mute, Instant before)
            throws HarnessException, IOException, InterruptedException, SQLException {
        tell.section(
                "4  Second N2PLoad, and the collector dies in the middle of it",
                "4  Segundo N2PLoad, y el colector muere en medio");
        long values = Ingested.of(centre.status()).values();
        String run = centre.startRun(TelarSystem.GATEWAY);
        killDuringIngest(run, values);
        Centre.Run judged = watch.awaitJudged(run, Watch.RUN);
        watch.awaitDrained();
        Set<String> notReached = new TreeSet<>();
        judged.outcomes().forEach((meter, outcome) -> {
            if (outcome.equals("NOT_REACHED")) {
                notReached.add(meter);
            }
        });
        falseValues = Judgement.profileRows(system, mute, before);
        tell.line(
                judged.count("NEW") + " meters with new data, " + notReached.size() + " not reached ("
                        + (notReached.equals(mute) ? "exactly the silent ones" : "NOT the silent ones: " + notReached)
                        + "), " + falseValues + " false values of theirs in the Legacy",
                judged.count("NEW") + " medidores con datos nuevos, " + notReached.size() + " no alcanzados ("
                        + (notReached.equals(mute) ? "justo los silenciosos" : "NO los silenciosos: " + notReached)
                        + "), " + falseValues + " valores falsos suyos en Legacy");
        return notReached;
    }

    /** Waits until readings of this run are being ingested, and more are on their way. */
    private void killDuringIngest(String run, long valuesBefore) throws HarnessException, InterruptedException {
        long ingested =
                Await.until("readings of the second run at the centre", Watch.RUN, Duration.ofMillis(50), () -> {
                    watch.showProgress(run);
                    return centre.status()
                            .map(s -> Ingested.of(Optional.of(s)).values())
                            .filter(n -> n > valuesBefore);
                });
        long begin = System.nanoTime();
        system.collector().kill();
        tell.line(
                "collector killed (-9) in the middle: it had ingested " + (ingested - valuesBefore)
                        + " values of this run",
                "colector muerto (-9) en medio: había recibido " + (ingested - valuesBefore)
                        + " valores de esta carga");
        system.collector().start();
        recoverySeconds = (System.nanoTime() - begin) / 1e9;
        watch.awaitLink();
        tell.line("collector back, agent linked again", "colector de vuelta, agente enlazado otra vez");
    }

    /** @return the last interval end that every meter was asked for */
    private Instant thirdLoad(Set<String> mute) throws HarnessException, IOException, InterruptedException {
        tell.section(
                "5  The silent meters answer again; third N2PLoad",
                "5  Los silenciosos vuelven a contestar; tercer N2PLoad");
        system.simulator().mute(mute, false);
        Instant asked = system.clock().now().minusSeconds(60);
        String run = centre.startRun(TelarSystem.GATEWAY);
        Centre.Run judged = watch.awaitJudged(run, Watch.RUN);
        watch.awaitDrained();
        long filled = mute.stream()
                .filter(m -> "NEW".equals(judged.outcomes().get(m)))
                .count();
        tell.line(
                filled + " of " + mute.size() + " gaps are filled; " + judged.count("NOT_REACHED") + " not reached",
                filled + " de " + mute.size() + " huecos cubiertos; " + judged.count("NOT_REACHED") + " no alcanzados");
        long slot = Duration.ofMinutes(SLOT_MINUTES).toSeconds();
        return Instant.ofEpochSecond(asked.getEpochSecond() / slot * slot);
    }
}
