package org.telar.simulator.fleet;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;

/**
 * What the fleet is built from.
 *
 * @param seed everything follows from it
 * @param meters number of meters, 1 to 9,000
 * @param bufferDays depth of the profile buffers, at least 45 days
 * @param zone local time of the meters
 * @param media share of each medium, in percent
 * @param models share of each model, in percent
 * @param lineSize most meters on one HDLC line
 * @param portBase first port of the block: control; then the wrapper; then the HDLC lines
 * @param data folder for files and links
 * @param counterStart invocation counter that every meter has already seen
 * @param iec21 third-party meters on the radio link, beside {@code meters}
 */
public record FleetSettings(
        long seed,
        int meters,
        int bufferDays,
        ZoneId zone,
        Map<Medium, Integer> media,
        Map<MeterModel, Integer> models,
        int lineSize,
        int portBase,
        Path data,
        long counterStart,
        int iec21) {
    /** HDLC/TCP lines: base + 2 to base + 21, and base + 24 to base + 28. */
    public static final int MAX_TCP_LINES = 25;

    /** UDP port, from the base. */
    public static final int UDP_PORT = 21;

    /** Port of the gateway, from the base. */
    public static final int GATEWAY_PORT = 22;

    /** Port of the PRIME base node, from the base. */
    public static final int PRIME_PORT = 23;

    private static final int LINES_BELOW_GATEWAY = 20;

    /** Port of the radio link of the third-party meters, from the base. */
    public static final int IEC21_PORT = 29;

    /** Pseudo terminals that are opened at most. */
    public static final int MAX_PTY_LINES = 64;

    /** Port of an HDLC/TCP line, 1 to {@link #MAX_TCP_LINES}. */
    public int linePort(int line) {
        return portBase + 1 + line + (line > LINES_BELOW_GATEWAY ? 2 : 0);
    }

    /** Port of a medium that has one, from the base. */
    public int portOf(Medium medium) {
        return switch (medium) {
            case WRAPPER -> 1;
            case UDP -> UDP_PORT;
            case GATEWAY -> GATEWAY_PORT;
            case PRIME -> PRIME_PORT;
            case IEC21 -> IEC21_PORT;
            case HDLC_TCP, PTY -> throw new IllegalArgumentException(medium + " has lines");
        };
    }

    /** A fleet of DLMS meters alone. */
    public FleetSettings(
            long seed,
            int meters,
            int bufferDays,
            ZoneId zone,
            Map<Medium, Integer> media,
            Map<MeterModel, Integer> models,
            int lineSize,
            int portBase,
            Path data,
            long counterStart) {
        this(seed, meters, bufferDays, zone, media, models, lineSize, portBase, data, counterStart, 0);
    }
}
