package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.telar.api.meter.MeterReadout;
import org.telar.api.model.ProfileBlock;

/**
 * Tells "the meter holds no such row" from "the row is still to come". A meter whose clock is behind has not captured
 * the newest slots yet; marking them missing would lose them for ever.
 */
public final class Happened {
    /** A meter needs a moment after the boundary before the row stands in its buffer. */
    static final Duration CAPTURE = Duration.ofSeconds(5);

    private Happened() {}

    /** The blocks of a readout, slots that the meter's own clock has not passed marked as not read. */
    public static List<ProfileBlock> blocks(MeterReadout readout) {
        Instant passed = passed(readout);
        return readout.profiles().stream().map(b -> trim(b, passed)).toList();
    }

    /** What the meter had surely captured when it was read; by the host clock when its own was not read. */
    public static Instant passed(MeterReadout readout) {
        Instant clock = readout.clock().orElse(readout.readAt());
        return (clock.isBefore(readout.readAt()) ? clock : readout.readAt()).minus(CAPTURE);
    }

    private static ProfileBlock trim(ProfileBlock block, Instant passed) {
        int[] status = block.status();
        boolean changed = false;
        for (int i = block.slots() - 1; i >= 0 && block.endOf(i).isAfter(passed); i--) {
            if (status[i] == ProfileBlock.MISSING) {
                status = changed ? status : status.clone();
                status[i] = ProfileBlock.NOT_READ;
                changed = true;
            }
        }
        return changed
                ? new ProfileBlock(
                        block.profile(), block.firstEnd(), block.period(), block.columns(), status, block.offGrid())
                : block;
    }
}
