package org.telar.simulator;

import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Command line entry. */
public final class SimulatorMain {
    private static final int WRONG = 2;
    private static final int STOP_SECONDS = 10;
    /** Gurux logs every refused frame as severe; a simulator refuses frames for a living. */
    private static final Logger GURUX = Logger.getLogger("gurux");

    private SimulatorMain() {}

    /** Runs until SIGTERM, or until standard input ends if asked to. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (Arrays.asList(args).contains("--help")) {
            System.out.print(Options.HELP);
            return;
        }
        GURUX.setLevel(Level.OFF);
        Options options;
        Simulator simulator;
        try {
            options = Options.parse(args);
            simulator = new Simulator(
                    options.fleet(),
                    options.pdu(),
                    new SimulatorClock(Clock.systemUTC(), options.clockFile()),
                    options.models());
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("meter-simulator: " + e.getMessage());
            System.exit(WRONG);
            return;
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            await(stopped);
        }));
        if (options.exitWithParent()) {
            watchParent(stop);
        }
        try {
            System.out.println("READY " + simulator.ready());
            System.out.flush();
            stop.await();
        } finally {
            simulator.close();
            stopped.countDown();
        }
    }

    private static void watchParent(CountDownLatch stop) {
        Thread watcher = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Nobody tells us anything here; only the end counts.
                }
            } catch (IOException e) {
                // As good as the end.
            }
            stop.countDown();
        });
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
