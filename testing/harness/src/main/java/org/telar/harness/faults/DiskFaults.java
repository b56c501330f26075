package org.telar.harness.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.telar.harness.Await;
import org.telar.harness.HarnessException;
import org.telar.harness.Launch;
import org.telar.harness.LedgerJudge.GapReport;
import org.telar.harness.SimulatorClient;

/** Disks that lose power, fail, fill up or lie. */
final class DiskFaults {
    private static final Duration NOTICED = Duration.ofSeconds(60);
    private static final int SMALL_MEBIBYTES = 24;

    private DiskFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(
                                5,
                                "power cut of the edge's disk",
                                "corte de energía del disco del borde",
                                "STORE_RECOVERED",
                                20,
                                DiskFaults::edgeLosesPower)
                        .needing(PowerCut::missing),
                Fault.of(
                                5,
                                "R1 off: syncs do nothing; then the edge's disk loses power",
                                "R1 anulada: los sync no hacen nada; luego el disco pierde energía",
                                "",
                                180,
                                r -> committedSurvives(r, true))
                        .needing(PowerCut::missing)
                        .asControl(),
                Fault.of(
                                8,
                                "the edge's disk at 80, 95 and 100 %",
                                "el disco del borde al 80, 95 y 100 %",
                                "STORE_NEAR_FULL|STORE_FULL",
                                30,
                                DiskFaults::diskFills)
                        .needing(DiskFaults::missingMount));
    }

    static Optional<String> missingMount() throws Exception {
        Path folder = Files.createTempDirectory("telar-mount");
        try {
            return Tools.missingMount(folder);
        } finally {
            PowerCut.delete(folder);
        }
    }

    /** Any moment of a load; and, every second time, after a load that the meters no longer remember. */
    private static void edgeLosesPower(Round r) throws Exception {
        Rig rig = r.rig();
        PowerCut disk = armed(rig, false);
        r.load();
        long at = r.moment(0, 2500);
        cut(r, disk);
        r.note("cut after " + at + " ms of a load");
        rig.awaitLink(NOTICED);
        Await.untilTrue(
                "the backlog to drain", NOTICED, () -> Optional.of(rig.status().backlogEntries() == 0));
        r.recovered();
        committedSurvives(r, false);
    }

    /**
     * The edge reads everything while the WAN is away, the meters forget, the disk loses power: what was committed is all
     * there is, and it must arrive. With syncs that do nothing it cannot.
     */
    private static void committedSurvives(Round r, boolean withoutSync) throws Exception {
        Rig rig = r.rig();
        PowerCut disk = armed(rig, withoutSync);
        List<GapReport> gaps = r.judge().gapReports();
        r.loadUnsent();
        r.keepTruth(gaps);
        for (String meter : rig.meters()) {
            rig.simulator()
                    .control(
                            SimulatorClient.request().put("cmd", "buffer-clear").put("meter", meter));
        }
        cut(r, disk);
        rig.wan().restore();
        r.withoutCatchUp();
        r.note("all committed, meters emptied, cut");
    }

    private static PowerCut armed(Rig rig, boolean withoutSync) throws Exception {
        if (rig.agent().process().isAlive()) {
            rig.stopAgent();
        }
        Path library = PowerCut.compile();
        PowerCut disk = new PowerCut(library, rig.agentData(), rig.data().resolve("shadow"));
        disk.arm();
        rig.startAgent(Launch.with(disk.environment(withoutSync)));
        rig.awaitLink(NOTICED);
        return disk;
    }

    private static void cut(Round r, PowerCut disk) throws Exception {
        Random random = r.random();
        r.rig().killAgent();
        double lucky = List.of(0.0, 0.3, 0.7).get(random.nextInt(3));
        int changed = disk.cut(random, lucky);
        r.note(changed + " files lost what was not synced (" + Math.round(lucky * 100) + " % of its pages stayed)");
        r.healed();
        r.rig().startAgent(Launch.PLAIN);
    }

    private static void diskFills(Round r) throws Exception {
        Rig rig = r.rig();
        rig.stopAgent();
        SmallDisk disk = SmallDisk.under(rig.store(), SMALL_MEBIBYTES);
        try {
            rig.startAgent(Launch.PLAIN);
            rig.awaitLink(NOTICED);
            for (double share : List.of(0.82, 0.96, 1.0)) {
                disk.fill(share);
                r.load();
                r.moment(1000, 2500);
            }
            Round.require(rig.agent().process().isAlive(), "the agent ended on a full disk");
            disk.empty();
            r.healed();
            awaitWell(rig);
            r.recovered();
            rig.stopAgent();
        } finally {
            if (rig.agent().process().isAlive()) {
                rig.killAgent();
            }
            disk.close();
        }
        rig.startAgent(Launch.PLAIN);
    }

    static void awaitWell(Rig rig) throws HarnessException, InterruptedException {
        Await.untilTrue("link and empty backlog", Duration.ofSeconds(120), () -> {
            rig.agent().process().requireAlive();
            return Optional.of(rig.status().linkUp() && rig.status().backlogEntries() == 0);
        });
    }
}
