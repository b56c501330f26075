package org.telar.harness.faults;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.telar.harness.Await;
import org.telar.harness.HarnessException;
import org.telar.harness.TcpFaultProxy;
import org.telar.harness.TcpFaultProxy.Trouble;

/** What happens between the edge and the broker, and a broker that says no. */
final class LinkFaults {
    private static final Duration NOTICED = Duration.ofSeconds(60);
    /** A link that is well makes no new connections; a few may be made while it settles. */
    private static final int CALM_CONNECTIONS = 2;

    private static final int[] REFUSALS = {0x87, 0x97, 0x99};

    private LinkFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(
                        14,
                        "the broker is away for a minute, four hours, seven days (of moved time)",
                        "el broker falta un minuto, cuatro horas, siete días (de tiempo movido)",
                        "LINK_DOWN+LINK_UP",
                        60,
                        LinkFaults::brokerAway),
                Fault.of(
                        15,
                        "the broker is paused, or answers slowly",
                        "el broker está en pausa, o contesta lento",
                        "ACK_TIMEOUT",
                        60,
                        LinkFaults::brokerSlow),
                Fault.of(
                        16,
                        "half-open connection: both ends lose each other without hearing of it",
                        "conexión a medias: los extremos se pierden sin enterarse",
                        "LINK_DOWN+LINK_UP",
                        60,
                        LinkFaults::halfOpen),
                Fault.of(
                        17,
                        "40 % loss, and resets around PUBACK",
                        "40 % de pérdida, y cortes en torno al PUBACK",
                        "",
                        60,
                        LinkFaults::lossy),
                Fault.of(
                        18,
                        "the broker refuses: 0x87, 0x97, 0x99, connections, large packets",
                        "el broker rehúsa: 0x87, 0x97, 0x99, conexiones, paquetes grandes",
                        "BROKER_REFUSED",
                        60,
                        LinkFaults::refuses),
                Fault.of(
                        31,
                        "MQTT duplicates, reordering, gaps",
                        "duplicados, desorden y huecos en MQTT",
                        "",
                        60,
                        LinkFaults::jumbled));
    }

    private static void brokerAway(Round r) throws Exception {
        Rig rig = r.rig();
        Duration away = List.of(Duration.ofDays(7), Duration.ofHours(4), Duration.ofMinutes(1))
                .get((r.number() - 1) % 3);
        rig.hourlyLoads(true);
        rig.killBroker();
        rig.awaitLinkLost(NOTICED);
        for (Duration left = away; !left.isZero(); ) {
            Duration step = left.compareTo(Duration.ofDays(1)) > 0 ? Duration.ofDays(1) : left;
            if (away.toHours() > 0) {
                r.loadByItself(step);
            } else {
                rig.advance(step);
            }
            left = left.minus(step);
        }
        long backlog = rig.status().backlogValues();
        rig.startBroker();
        r.healed();
        DiskFaults.awaitWell(rig);
        r.recovered();
        double perSecond = backlog / Math.max(0.1, r.recoverySeconds());
        double produced = rig.registered().size() * 6 / 900.0;
        r.note(String.format(
                java.util.Locale.ROOT,
                "away %s, %d values waited, drained at %.0f times the production",
                away,
                backlog,
                perSecond / produced));
        Round.require(
                away.toHours() == 0 || backlog > 0 && perSecond >= 5 * produced,
                "the backlog of " + backlog + " values drained at " + perSecond + " a second, " + produced
                        + " are produced");
    }

    private static void brokerSlow(Round r) throws Exception {
        Rig rig = r.rig();
        r.loadUnderWay();
        long held = Rig.ACKNOWLEDGEMENT.toMillis() + 2500 + r.random().nextInt(4000);
        if (r.number() % 2 == 1) {
            Tools.signal(rig.broker().pid(), "STOP");
            try {
                Thread.sleep(held);
            } finally {
                Tools.signal(rig.broker().pid(), "CONT");
            }
            r.note("paused for " + held + " ms");
        } else {
            rig.wan().trouble(Trouble.NONE.withDelay(Rig.ACKNOWLEDGEMENT.plusSeconds(1)));
            Thread.sleep(held);
            rig.wan().calm();
            r.note("each segment 6 s late for " + held + " ms");
        }
        r.healed();
    }

    private static void halfOpen(Round r) throws Exception {
        Rig rig = r.rig();
        TcpFaultProxy wan = rig.wan();
        r.loadUnderWay();
        wan.halfOpen();
        r.healed();
        rig.awaitLinkLost(NOTICED);
        rig.awaitLink(NOTICED);
        DiskFaults.awaitWell(rig);
        r.recovered();
        long made = wan.connections();
        Thread.sleep(6000);
        long more = wan.connections() - made;
        r.note("back after a new connection; " + more + " more in the 6 s after");
        Round.require(
                more <= CALM_CONNECTIONS && rig.status().linkUp(),
                "client-id ping-pong: " + more + " connections in 6 s after the link was well");
    }

    private static void lossy(Round r) throws Exception {
        Rig rig = r.rig();
        rig.hourlyLoads(true);
        shim(rig, MqttShim.Filter.PASS);
        long before = rig.wan().connections();
        rig.shimFilter(Filters.resetsAroundPuback(r.random(), 0.3));
        rig.wan()
                .trouble(Trouble.NONE
                        .withLoss(0.4)
                        .withReset(0.005)
                        .withSeed(r.random().nextLong()));
        try {
            for (int hour = 0; hour < 4; hour++) {
                r.loadByItself(Duration.ofHours(1));
                r.moment(1500, 2500);
            }
        } finally {
            rig.wan().calm();
            rig.unshimEdge();
        }
        r.healed();
        r.note((rig.wan().connections() - before) + " connections were needed");
    }

    /** Puts the shim in and waits until the agent is linked through it. */
    private static void shim(Rig rig, MqttShim.Filter filter) throws Exception {
        long before = rig.wan().connections();
        rig.shimEdge(filter);
        Await.untilTrue(
                "a connection through the shim",
                NOTICED,
                () -> Optional.of(rig.wan().connections() > before));
        rig.awaitLink(NOTICED);
    }

    private static void refuses(Round r) throws Exception {
        Rig rig = r.rig();
        int reason = REFUSALS[(r.number() - 1) % REFUSALS.length];
        AtomicInteger left = new AtomicInteger(1 + r.random().nextInt(3));
        r.note(String.format("0x%02X %d times", reason, left.get()));
        shim(rig, Filters.refusesBatches(reason, left));
        r.load();
        spent("batches to be refused", left);
        AtomicInteger connections = new AtomicInteger(1 + r.random().nextInt(2));
        r.note(connections.get() + " connections refused with 0x97");
        rig.shimEdge(Filters.refusesConnections(0x97, connections));
        spent("connections to be refused", connections);
        AtomicInteger tooLarge = new AtomicInteger();
        shim(rig, Filters.takesAtMost(8192, tooLarge));
        DiskFaults.awaitWell(rig);
        r.load();
        r.moment(2000, 4000);
        Round.require(tooLarge.get() == 0, tooLarge.get() + " packets were larger than the broker takes");
        r.note("packets of at most 8 KiB");
        rig.unshimEdge();
        r.healed();
    }

    private static void spent(String what, AtomicInteger left) throws HarnessException, InterruptedException {
        Await.untilTrue(what, NOTICED, () -> Optional.of(left.get() <= 0));
    }

    private static void jumbled(Round r) throws Exception {
        Rig rig = r.rig();
        rig.hourlyLoads(true);
        Filters.Jumbled done = new Filters.Jumbled();
        shim(rig, Filters.jumble(r.random(), done));
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        do {
            r.loadByItself(Duration.ofHours(1));
            Thread.sleep(1000);
        } while (!done.all() && System.nanoTime() < end);
        rig.unshimEdge();
        r.healed();
        r.note(done.repeated() + " batches twice, " + done.swapped() + " swapped, " + done.swallowed()
                + " acknowledged by the broker and gone");
        Round.require(
                done.repeated().get() + done.swapped().get() + done.swallowed().get() > 0, "no batch was touched");
    }
}
