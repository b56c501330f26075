package org.telar.simulator.air;

import java.util.Optional;
import java.util.Random;

/**
 * One airtime: messages wait for each other, take their time, and may be lost or spoiled. Time is given, so that a test
 * needs none. Thread safe.
 */
public final class Air {
    /** Who waits longer than this for the medium is dropped, as a PRIME base node does. */
    static final long STALE = 40_000_000_000L;

    /**
     * A message that gets through.
     *
     * @param at when it is all there, nanoseconds on the caller's clock
     * @param bytes what is there
     */
    public record Arrival(long at, byte[] bytes) {}

    /**
     * What has happened so far.
     *
     * @param messages sent
     * @param lost given up by the link, or stale
     * @param segments on the air, each hop and attempt for itself
     * @param repeated of these, sent again
     * @param busyNanos airtime used
     */
    public record Totals(long messages, long lost, long segments, long repeated, long busyNanos) {}

    private final Preset preset;
    private final Random random;
    private long freeAt = Long.MIN_VALUE;
    private long messages;
    private long lost;
    private long segments;
    private long repeated;
    private long busy;

    public Air(Preset preset, long seed) {
        this.preset = preset;
        this.random = new Random(seed);
    }

    public Preset preset() {
        return preset;
    }

    public synchronized Totals totals() {
        return new Totals(messages, lost, segments, repeated, busy);
    }

    /**
     * Sends a message.
     *
     * @param now nanoseconds on the caller's clock, which does not run back
     * @return empty if it is lost
     */
    public synchronized Optional<Arrival> send(long now, byte[] message) {
        messages++;
        long start = Math.max(now, freeAt);
        if (start - now > STALE) {
            lost++;
            return Optional.empty();
        }
        long end = start;
        boolean through = true;
        for (int from = 0; through && from < message.length; from += preset.segment()) {
            int bytes = Math.min(preset.segment(), message.length - from);
            for (int hop = 0; through && hop < preset.hops(); hop++) {
                int attempts = attempts(bytes);
                int sent = Math.min(attempts, preset.attempts());
                through = attempts <= preset.attempts();
                end += sent * preset.airtime(bytes);
                segments += sent;
                repeated += sent - 1;
            }
        }
        busy += end - start;
        freeAt = end;
        if (!through) {
            lost++;
            return Optional.empty();
        }
        long latency = preset.delayMillis() * 1_000_000L;
        long jitter = (long) (random.nextDouble() * preset.jitterMillis() * 1_000_000L);
        return Optional.of(new Arrival(end + latency + jitter, spoiled(message)));
    }

    /** The attempt that succeeds; beyond the preset's number if none does. */
    private int attempts(int bytes) {
        boolean repairs = preset.attempts() > 1;
        double wrong = repairs ? 1 - Math.pow(1 - preset.bitErrors(), bytes * 8.0) : 0;
        double chance = 1 - (1 - preset.loss()) * (1 - wrong);
        int attempt = 1;
        while (attempt <= preset.attempts() && random.nextDouble() < chance) {
            attempt++;
        }
        return attempt;
    }

    /** Without ARQ nobody looks: wrong bits are delivered. */
    private byte[] spoiled(byte[] message) {
        if (preset.attempts() > 1 || preset.bitErrors() == 0) {
            return message;
        }
        byte[] bytes = message.clone();
        double log = Math.log(1 - preset.bitErrors());
        // From wrong bit to wrong bit, not bit by bit.
        double at = Math.log(1 - random.nextDouble()) / log;
        while (at < bytes.length * 8.0) {
            bytes[(int) at / 8] ^= (byte) (1 << (int) at % 8);
            at += 1 + Math.floor(Math.log(1 - random.nextDouble()) / log);
        }
        return bytes;
    }
}
