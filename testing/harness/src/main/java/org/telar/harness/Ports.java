package org.telar.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One block of {@value #SIZE} TCP ports. The simulator takes the first 30 (control, wrapper, HDLC lines), the others
 * follow. The default base lies below the range from which Linux takes the ports of outgoing connections, so that no
 * passing connection of this machine sits on one of ours.
 *
 * @param base first port, 1024 to 65535 - {@value #SIZE}
 */
public record Ports(int base) {
    public static final int SIZE = 50;
    public static final int DEFAULT_BASE = 27_100;

    private static final int SIMULATOR = 30;
    private static final int USED = 43;

    public Ports {
        if (base < 1024 || base + SIZE > 65_536) {
            throw new IllegalArgumentException(
                    "a block of " + SIZE + " ports starts at 1024 to " + (65_536 - SIZE) + ", got " + base);
        }
    }

    /** First port of the simulator's block of 30; also its control port. */
    public int simulator() {
        return base;
    }

    /** First port of the collector's block: HTTPS, MQTT, database, JMS. */
    public int collector() {
        return base + SIMULATOR;
    }

    public int collectorHttps() {
        return base + SIMULATOR;
    }

    public int mqtt() {
        return base + SIMULATOR + 1;
    }

    public int database() {
        return base + SIMULATOR + 2;
    }

    /** Where the agent finds the broker: the WAN proxy. */
    public int wan() {
        return base + SIMULATOR + 4;
    }

    /** @throws HarnessException naming the first port of the block that somebody else listens on */
    public void requireFree() throws HarnessException {
        for (int port = base; port < base + USED; port++) {
            if (!free(port)) {
                throw new HarnessException(
                        HarnessException.CONFLICT,
                        "TCP port " + port + " is already in use on this machine. Choose another block of " + SIZE
                                + " ports with --port-offset N (the block starts at " + DEFAULT_BASE
                                + " + N), or stop the program that uses it.");
            }
        }
    }

    /** A block that is free now, for tests. */
    public static Ports freeBlock() throws HarnessException {
        for (int attempt = 0; attempt < 100; attempt++) {
            Ports ports = new Ports(ThreadLocalRandom.current().nextInt(12_000, 32_000 - SIZE));
            boolean free = true;
            for (int port = ports.base; free && port < ports.base + USED; port++) {
                free = free(port);
            }
            if (free) {
                return ports;
            }
        }
        throw new HarnessException(HarnessException.CONFLICT, "no free block of " + SIZE + " ports on this machine");
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
