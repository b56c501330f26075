package org.telar.concentrator.internal.load;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import org.telar.acquisition.Happened;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterReadout;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.platform.ClockTrust;
import org.telar.api.store.Lane;
import org.telar.api.store.ReadingStore;
import org.telar.api.store.StoreException;

/** Makes a readout safe: one poll, one transaction, before anything else is done with it. Thread-safe. */
public final class Recorder {
    /**
     * What was committed.
     *
     * @param sequence of its outbox entry
     * @param samples channel values of the profile
     * @param newest interval end of the newest row, if there was one
     * @param clockOffset meter clock minus host clock, if it was read; for decisions, whatever the trust
     */
    public record Recorded(long sequence, long samples, Optional<Instant> newest, Optional<Duration> clockOffset) {}

    private final ReadingStore store;
    private final ClockTrust trust;
    private final StatusWatch words;

    private final Findings findings;

    public Recorder(ReadingStore store, ClockTrust trust, StatusWatch words, Findings findings) {
        this.findings = findings;
        this.store = store;
        this.trust = trust;
        this.words = words;
    }

    /**
     * Commits a readout.
     *
     * @param path medium that the meter was read over (R80)
     * @param activity id of the order or run, empty outside of one
     * @throws StoreException when it is not certain to be safe: read again
     */
    public Recorded record(Meter meter, String path, String activity, MeterReadout readout, Lane lane)
            throws StoreException {
        List<ProfileBlock> blocks = Happened.blocks(readout);
        Optional<Duration> offset = readout.clock().map(c -> Duration.between(readout.readAt(), c));
        Poll poll = new Poll(
                meter.id(),
                readout.readAt().truncatedTo(ChronoUnit.SECONDS),
                path,
                Optional.of(activity).filter(a -> !a.isEmpty()),
                trust.isTrusted() ? offset : Optional.empty(),
                blocks,
                readout.registers(),
                readout.statusWords());
        long sequence = store.commit(poll, lane);
        words.seen(meter.id(), readout.statusWords());
        findings.noticed(meter.id(), readout.findings());
        return new Recorded(sequence, poll.profileValueCount(), newest(blocks), offset);
    }

    private static Optional<Instant> newest(List<ProfileBlock> blocks) {
        Instant newest = null;
        for (ProfileBlock b : blocks) {
            for (int i = b.slots() - 1; i >= 0; i--) {
                if (b.status()[i] >= 0) {
                    newest = newest == null || b.endOf(i).isAfter(newest) ? b.endOf(i) : newest;
                    break;
                }
            }
        }
        return Optional.ofNullable(newest);
    }
}
