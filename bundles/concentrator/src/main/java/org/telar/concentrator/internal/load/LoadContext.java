package org.telar.concentrator.internal.load;

import java.time.Clock;
import java.util.List;

import org.telar.api.model.Obis;
import org.telar.api.store.ReadingStore;

/**
 * What every visit of a load needs.
 *
 * @param statusWords read in the first exchange
 * @param slotsPerRead most profile slots in one read
 */
public record LoadContext(
        ReadingStore store,
        Recorder recorder,
        ClockKeeper clocks,
        AbsentClosings absent,
        Window window,
        List<Obis> statusWords,
        int slotsPerRead,
        Clock clock) {}
