package org.telar.simulator.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;

/**
 * What has happened to a meter since it left the factory (F28): installation, registers that jumped, a profile of another
 * shape or depth. The ledger tells the result. Thread safe.
 */
public final class Changes {
    private static final int MAX_JUMPS = 100;

    /**
     * A jump of the registers.
     *
     * @param at when
     * @param modulus registers stood just below it and went through zero; empty for a jump back
     * @param back registers went back to what they had shown so long before; empty for back to zero
     */
    private record Jump(Instant at, OptionalLong modulus, java.util.Optional<Duration> back) {
        long apply(ToLongFunction<Instant> raw, Instant when, long value) {
            if (modulus.isPresent()) {
                return Math.floorMod(raw.applyAsLong(when) - raw.applyAsLong(at), modulus.getAsLong());
            }
            if (when.isBefore(at)) {
                return value;
            }
            long lost = raw.applyAsLong(at) - (back.isPresent() ? raw.applyAsLong(at.minus(back.get())) : 0);
            return value - lost;
        }
    }

    private final List<Jump> jumps = new CopyOnWriteArrayList<>();
    private volatile Instant installed = Instant.MIN;
    private volatile Instant cleared = Instant.MIN;
    private volatile int period = Consumption.QUARTER;
    private volatile OptionalInt rows = OptionalInt.empty();
    private volatile Set<Channel> channels = EnumSet.allOf(Channel.class);

    Changes() {}

    /** No profile holds anything from before. */
    public Instant installed() {
        return installed;
    }

    /** The meter was hung here just then, its registers at zero. */
    public void install(Instant at) {
        jumpBack(at, java.util.Optional.empty());
        installed = at;
    }

    /** The load profile holds nothing that ended at or before this. */
    public Instant cleared() {
        return installed.isAfter(cleared) ? installed : cleared;
    }

    /** Empties the load profile. */
    public void clear(Instant at) {
        cleared = at;
    }

    /** Capture period of the load profile, seconds. */
    public int period() {
        return period;
    }

    /** Another capture period; the profile is emptied, as the standard wants. */
    public void period(int seconds, Instant at) {
        period = seconds;
        clear(at);
    }

    /** Channels that the load profile captures. */
    public Set<Channel> channels() {
        return channels;
    }

    /** Other capture objects; the profile is emptied, as the standard wants. */
    public void channels(Set<Channel> captured, Instant at) {
        channels = EnumSet.copyOf(captured);
        clear(at);
    }

    /** Depth of the load profile in rows, if it is not as built. */
    public OptionalInt rows() {
        return rows;
    }

    /** The load profile holds no more than so many rows from now on; empty: as built. */
    public void rows(OptionalInt depth) {
        rows = depth;
    }

    /** All registers and tariffs go back to zero, or to what they showed so long before. */
    public void jumpBack(Instant at, java.util.Optional<Duration> back) {
        add(new Jump(at, OptionalLong.empty(), back));
    }

    /** The six totals go through zero; before that they stood just below the modulus. Tariffs do not. */
    public void rollOver(Instant at, long modulus) {
        add(new Jump(at, OptionalLong.of(modulus), java.util.Optional.empty()));
    }

    private void add(Jump jump) {
        if (jumps.size() >= MAX_JUMPS) {
            throw new IllegalStateException("the registers of this meter have jumped " + MAX_JUMPS + " times");
        }
        jumps.add(jump);
    }

    /** What a register shows at an instant. */
    long register(ToLongFunction<Instant> raw, Instant at, boolean total) {
        long value = raw.applyAsLong(at);
        for (Jump jump : jumps) {
            if (total || jump.modulus().isEmpty()) {
                value = jump.apply(raw, at, value);
            }
        }
        return value;
    }
}
