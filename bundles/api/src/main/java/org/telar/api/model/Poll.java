package org.telar.api.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one association with one meter gave; committed, sent and ingested as a whole.
 *
 * @param meter whose identity was checked (D1)
 * @param readAt host time at the end of the read, UTC, whole seconds
 * @param path medium the meter was read over (R80)
 * @param activity id of the order or run that asked, for example an N2PLoad run
 * @param clockOffset meter clock minus host clock, if the clock was read from a trusted host (D2)
 * @param profiles blocks of load profile
 * @param registers closings and on-demand registers
 * @param statusWords raw status words
 */
public record Poll(
        MeterId meter,
        Instant readAt,
        String path,
        Optional<String> activity,
        Optional<Duration> clockOffset,
        List<ProfileBlock> profiles,
        List<RegisterSet> registers,
        List<StatusWord> statusWords) {
    public Poll {
        profiles = List.copyOf(profiles);
        registers = List.copyOf(registers);
        statusWords = List.copyOf(statusWords);
    }

    /** Channel values of the profiles; closings are counted apart. */
    public long profileValueCount() {
        return profiles.stream().mapToLong(ProfileBlock::valueCount).sum();
    }
}
