package org.telar.collector.integration.queue;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.telar.api.model.OffGridRow;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.collector.integration.DataType;

/** A poll reduced to some of its channels, or to one type of data. */
public final class Reduced {
    private Reduced() {}

    /** Profiles, or registers. */
    public static Poll to(Poll poll, DataType type) {
        return new Poll(
                poll.meter(),
                poll.readAt(),
                poll.path(),
                poll.activity(),
                poll.clockOffset(),
                type == DataType.LOAD_PROFILE ? poll.profiles() : List.of(),
                type == DataType.REGISTERS ? poll.registers() : List.of(),
                List.of());
    }

    /** @param channels OBIS codes */
    public static Poll to(Poll poll, Set<String> channels) {
        return new Poll(
                poll.meter(),
                poll.readAt(),
                poll.path(),
                poll.activity(),
                poll.clockOffset(),
                poll.profiles().stream()
                        .map(b -> block(b, channels))
                        .filter(b -> !b.columns().isEmpty())
                        .toList(),
                poll.registers().stream()
                        .map(s -> set(s, channels))
                        .filter(s -> !s.values().isEmpty())
                        .toList(),
                List.of());
    }

    private static ProfileBlock block(ProfileBlock block, Set<String> channels) {
        int[] kept = IntStream.range(0, block.columns().size())
                .filter(c -> channels.contains(block.columns().get(c).channel().toString()))
                .toArray();
        return new ProfileBlock(
                block.profile(),
                block.firstEnd(),
                block.period(),
                IntStream.of(kept).mapToObj(c -> block.columns().get(c)).toList(),
                block.status(),
                block.offGrid().stream()
                        .map(r -> new OffGridRow(
                                r.at(),
                                r.status(),
                                IntStream.of(kept).mapToLong(c -> r.values()[c]).toArray()))
                        .toList());
    }

    private static RegisterSet set(RegisterSet set, Set<String> channels) {
        return new RegisterSet(
                set.kind(),
                set.source(),
                set.stamp(),
                set.status(),
                set.values().stream()
                        .filter(v -> channels.contains(v.register().toString()))
                        .toList());
    }
}
