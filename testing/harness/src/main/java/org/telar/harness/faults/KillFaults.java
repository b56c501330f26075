package org.telar.harness.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.telar.harness.Await;
import org.telar.harness.HarnessException;
import org.telar.harness.Launch;
import org.telar.harness.LedgerJudge.GapReport;

/** Processes that die, and processes that are asked to stop. */
final class KillFaults {
    private static final Duration NOTICED = Duration.ofSeconds(60);
    private static final String DUPLICATES = "SELECT coalesce(sum(n), 0) FROM counter WHERE name = 'duplicate_entries'";

    private KillFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(
                        1,
                        "kill -9 of the edge at a random moment of a load",
                        "kill -9 del borde en un momento al azar de una carga",
                        "UNCLEAN_START",
                        15,
                        KillFaults::killEdge),
                Fault.of(
                        2,
                        "the collector dies between its commit and the acknowledgement",
                        "el colector muere entre su commit y el acuse",
                        "",
                        15,
                        KillFaults::killBeforeAcknowledgement),
                Fault.of(
                        3,
                        "kill -9 of the broker, its journal kept or deleted",
                        "kill -9 del broker, con su registro o sin él",
                        "LINK_DOWN+LINK_UP",
                        60,
                        KillFaults::killBroker),
                Fault.of(
                                3,
                                "R2 off: a PUBACK frees the outbox; then the broker loses its journal",
                                "R2 anulada: un PUBACK libera la cola; luego el broker pierde su registro",
                                "",
                                180,
                                KillFaults::withoutAcknowledgement)
                        .asControl(),
                Fault.of(
                        4,
                        "kill -9 of edge, broker and collector; start in any order",
                        "kill -9 de borde, broker y colector; arranque en cualquier orden",
                        "UNCLEAN_START+LINK_UP",
                        90,
                        KillFaults::killAll),
                Fault.of(
                        38,
                        "SIGTERM during a write, a second start, few descriptors",
                        "SIGTERM durante una escritura, segundo arranque, pocos descriptores",
                        "LINK_UP",
                        15,
                        KillFaults::stopInOrder));
    }

    private static void killEdge(Round r) throws Exception {
        Rig rig = r.rig();
        int kills = 1 + r.random().nextInt(3);
        r.load();
        for (int k = 1; k <= kills; k++) {
            long at = r.moment(0, 2500);
            rig.killAgent();
            r.note("killed after " + at + " ms");
            r.healed();
            rig.startAgent(Launch.PLAIN);
        }
    }

    private static void killBeforeAcknowledgement(Round r) throws Exception {
        Rig rig = r.rig();
        long before = r.judge().central(DUPLICATES);
        CountDownLatch held = new CountDownLatch(1);
        rig.shimCentre(MqttShim.Filter.PASS);
        awaitCentre(rig);
        r.load();
        rig.shimCentreFilter(Filters.holdsAcknowledgement(() -> {
            try {
                rig.collector().kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            held.countDown();
        }));
        Round.require(held.await(60, TimeUnit.SECONDS), "no acknowledgement left the collector within 60 s");
        rig.unshimCentre();
        rig.collector().start();
        r.healed();
        Await.untilTrue("what was committed to come again and be counted as known", NOTICED, () -> {
            try {
                return Optional.of(r.judge().central(DUPLICATES) > before);
            } catch (java.sql.SQLException notYet) {
                return Optional.empty();
            }
        });
        r.note("the same entries came again and were known");
    }

    /** The collector's link has been broken to put the shim in: wait until it is back. */
    static void awaitCentre(Rig rig) throws HarnessException, InterruptedException {
        Await.untilTrue("the collector's link to the broker", NOTICED, () -> rig.centre()
                .status()
                .map(s -> s.path("link").path("connected").asBoolean()));
    }

    private static void killBroker(Round r) throws Exception {
        Rig rig = r.rig();
        boolean delete = r.number() % 2 == 1;
        r.loadUnderWay();
        long at = r.moment(0, 1500);
        rig.killBroker();
        if (delete) {
            PowerCut.delete(rig.brokerData());
        }
        r.note("killed after " + at + " ms, journal " + (delete ? "deleted" : "kept"));
        rig.awaitLinkLost(NOTICED);
        rig.startBroker();
        r.healed();
    }

    /**
     * The edge believes the broker, as if R2 were switched off: batches that the broker took while the collector was
     * away are gone with its journal.
     */
    private static void withoutAcknowledgement(Round r) throws Exception {
        Rig rig = r.rig();
        rig.hourlyLoads(true);
        rig.shimEdge(Filters.withoutApplicationAcknowledgement(Rig.GATEWAY));
        rig.awaitLinkLost(NOTICED);
        rig.awaitLink(NOTICED);
        List<GapReport> gaps = r.judge().gapReports();
        rig.collector().kill();
        r.loadByItself(Duration.ofHours(6));
        r.keepTruth(gaps);
        Await.untilTrue(
                "the outbox to be freed by the broker alone",
                NOTICED,
                () -> Optional.of(rig.status().backlogEntries() == 0));
        rig.killBroker();
        PowerCut.delete(rig.brokerData());
        rig.unshimEdge();
        rig.startBroker();
        rig.collector().start();
        r.healed();
        r.note("the collector was away, the broker had everything and lost it");
    }

    private static void killAll(Round r) throws Exception {
        Rig rig = r.rig();
        r.load();
        long at = r.moment(0, 2500);
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(order, r.random());
        rig.killAgent();
        rig.collector().kill();
        rig.killBroker();
        ExecutorService starters = Executors.newCachedThreadPool();
        try {
            List<Future<?>> started = new ArrayList<>();
            String names = "";
            r.healed();
            for (int which : order) {
                names += " " + List.of("edge", "broker", "collector").get(which);
                started.add(starters.submit(() -> {
                    switch (which) {
                        case 0 -> rig.startAgent(Launch.PLAIN);
                        case 1 -> rig.startBroker();
                        default -> rig.collector().start();
                    }
                    return null;
                }));
                r.moment(0, 3000);
            }
            r.note("killed after " + at + " ms, started:" + names);
            for (Future<?> f : started) {
                f.get(120, TimeUnit.SECONDS);
            }
        } finally {
            starters.shutdownNow();
        }
    }

    private static void stopInOrder(Round r) throws Exception {
        Rig rig = r.rig();
        r.load();
        r.moment(0, 2000);
        long begin = System.nanoTime();
        rig.stopAgent();
        r.note(String.format(java.util.Locale.ROOT, "stopped in %.1f s", (System.nanoTime() - begin) / 1e9));
        boolean few = Tools.missing("bash").isEmpty();
        rig.startAgent(few ? Launch.through("bash", "-c", "ulimit -n 128; exec \"$@\"", "--") : Launch.PLAIN);
        rig.awaitLink(NOTICED);
        r.load();
        secondStart(r);
        r.moment(1000, 2000);
        rig.stopAgent();
        r.healed();
        rig.startAgent(Launch.PLAIN);
    }

    /** A second agent on the same data ends with exit code 7 and disturbs nobody. */
    private static void secondStart(Round r) throws Exception {
        Rig rig = r.rig();
        Path log = rig.log("agent-second");
        Files.createDirectories(log.getParent());
        var spec = rig.agent().spec();
        Process second = new ProcessBuilder(
                        org.telar.harness.Installation.java().toString(),
                        "-Xmx40m",
                        "-jar",
                        rig.installation().agentJar().toString(),
                        "--profile",
                        spec.profile().toString(),
                        "--config",
                        spec.configuration().toString(),
                        "--data",
                        spec.data().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Round.require(
                second.waitFor(30, TimeUnit.SECONDS) && second.exitValue() == 7,
                "a second agent on the same data did not end with exit code 7: see " + log);
        r.note("a second start was refused");
    }
}
