package org.telar.simulator.air;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A model of a medium. The numbers are assumptions for comparing ways of reading with each other, not measurements.
 *
 * @param name as on the command line
 * @param rate bits per second on the medium, per hop
 * @param bitsPerByte 8, or 10 with start and stop bits
 * @param segment bytes that travel, and are lost, together
 * @param accessMillis time before each segment: medium access, preamble, link acknowledgement
 * @param delayMillis latency of each message and direction, during which the medium is free for others
 * @param jitterMillis most that is added to the latency by chance
 * @param loss chance that a segment is lost on a hop
 * @param attempts how often the link sends a segment before it gives the message up; 1: no ARQ
 * @param bitErrors chance that a bit is wrong; with ARQ that makes the segment lost, without it is delivered
 * @param halfDuplex both directions share one airtime
 * @param hops how often each segment is sent on
 */
public record Preset(
        String name,
        int rate,
        int bitsPerByte,
        int segment,
        int accessMillis,
        int delayMillis,
        int jitterMillis,
        double loss,
        int attempts,
        double bitErrors,
        boolean halfDuplex,
        int hops) {
    /** PLC and RF by segments with ARQ, RS-485 as it is, a cellular modem under TCP. */
    public static final List<Preset> ALL = List.of(
            new Preset("prime-1", 21_400, 8, 63, 15, 20, 10, 0.02, 6, 0, true, 1),
            new Preset("prime-2", 21_400, 8, 63, 15, 20, 10, 0.02, 6, 0, true, 2),
            new Preset("g3", 33_400, 8, 133, 20, 20, 20, 0.02, 4, 0, true, 1),
            new Preset("rf-4800-128", 4_800, 8, 128, 10, 10, 10, 0.02, 4, 0, true, 1),
            new Preset("rs485-9600", 9_600, 10, 4096, 0, 5, 0, 0, 1, 0.000_001, true, 1),
            new Preset("cellular", 128_000, 8, 1400, 0, 120, 80, 0.005, 12, 0, false, 1));

    /**
     * The preset with this name.
     *
     * @throws IllegalArgumentException naming all of them
     */
    public static Preset of(String name) {
        return ALL.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no medium model \"" + name + "\"; expected one of "
                        + ALL.stream().map(Preset::name).collect(Collectors.joining(", "))));
    }

    /** Airtime of a segment of so many bytes on one hop, nanoseconds. */
    long airtime(int bytes) {
        return accessMillis * 1_000_000L + bytes * bitsPerByte * 1_000_000_000L / rate;
    }
}
