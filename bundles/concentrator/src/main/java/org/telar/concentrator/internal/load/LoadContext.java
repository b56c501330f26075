package org.telar.concentrator.internal.load;

import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

import org.telar.api.model.Obis;
import org.telar.api.store.ReadingStore;

/** What every visit of a load needs. */
public record LoadContext(
        ReadingStore store,
        Recorder recorder,
        ClockKeeper clocks,
        AbsentClosings absent,
        Supplier<Wanted> wanted,
        Clock clock) {
    /**
     * What is wanted of a meter; the centre may change it at any time.
     *
     * @param statusWords read in the first exchange
     * @param slotsPerRead most profile slots in one read
     */
    public record Wanted(Window window, List<Obis> statusWords, int slotsPerRead) {}

    public Window window() {
        return wanted.get().window();
    }

    public List<Obis> statusWords() {
        return wanted.get().statusWords();
    }

    public int slotsPerRead() {
        return wanted.get().slotsPerRead();
    }
}
