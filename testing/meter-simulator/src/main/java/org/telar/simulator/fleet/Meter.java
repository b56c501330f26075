package org.telar.simulator.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;

/**
 * One meter: its constants and the little it remembers. Fields that the control socket changes are volatile; callers
 * that serve a request hold the meter's monitor.
 */
public final class Meter {
    private static final int MAX_EXCEPTIONS = 1000;

    private final MeterSpec spec;
    private final Consumption consumption;
    private final StatusHistory statuses;
    private final Clock clock;
    private final ZoneId zone;
    private final int bufferDays;
    private final long counterStart;
    private final Map<Integer, Long> acceptedCounters = new HashMap<>();
    private final List<PowerCut> cuts = new CopyOnWriteArrayList<>();
    private final TreeMap<Long, Integer> extraStatus = new TreeMap<>();
    private final Faults faults;
    private final Changes changes = new Changes();
    private long serverCounter;
    private volatile boolean mute;
    private volatile Duration drift = Duration.ZERO;
    private volatile long statusWord;
    private volatile long alarmWord;

    Meter(MeterSpec spec, FleetSettings settings, Consumption consumption, Clock clock) {
        this.spec = spec;
        this.faults = new Faults(spec.number());
        this.consumption = consumption;
        this.statuses = new StatusHistory(settings.seed(), spec.number());
        this.clock = clock;
        this.zone = settings.zone();
        this.bufferDays = settings.bufferDays();
        this.counterStart = settings.counterStart();
        // Grows from run to run, so that a client that checks our counter never sees it fall.
        this.serverCounter = Math.max(1, (clock.instant().getEpochSecond() - 1_577_836_800L) * 2) & 0xFFFF_FFFFL;
    }

    public MeterSpec spec() {
        return spec;
    }

    /** Whose consumption it counts: its own number, or that of the first meter that hung here. */
    int household() {
        return (int) consumption.meter();
    }

    public Consumption consumption() {
        return consumption;
    }

    /** What is wrong with it on demand. */
    public Faults faults() {
        return faults;
    }

    /** What has happened to it. */
    public Changes changes() {
        return changes;
    }

    /** Password and keys that it knows; the ones in its spec unless a fault says otherwise. */
    public Credentials credentials() {
        return faults.pending(FaultKind.WRONG_KEY) ? spec.credentials().others() : spec.credentials();
    }

    /** Reading of a total register at an instant, raw. */
    public long registerAt(Channel channel, Instant at) {
        return changes.register(when -> consumption.registerAt(channel, when), at, true);
    }

    /** Reading of an import tariff register, 1 to 4, at an instant, raw. */
    public long tariffAt(int tariff, Instant at) {
        return changes.register(when -> consumption.tariffAt(tariff, when), at, false);
    }

    public StatusHistory statuses() {
        return statuses;
    }

    public ZoneId zone() {
        return zone;
    }

    /** Depth of the profile buffers, days. */
    public int bufferDays() {
        return bufferDays;
    }

    /** What the meter's own clock shows, as UTC. */
    public Instant now() {
        return clock.instant().plus(drift);
    }

    /** Sets the meter's clock; remembers the change in the running interval's status. */
    public synchronized void setClock(Instant shown) {
        drift = Duration.between(clock.instant(), shown);
        faults.clear(FaultKind.CLOCK_YEAR);
        faults.clear(FaultKind.CLOCK_UNDEFINED);
        mark(Consumption.slotOf(shown) + 1, StatusHistory.CLOCK_ADJUSTED);
    }

    /** Lets the clock run fast (positive) or slow by a fixed amount, as if it had drifted unnoticed. */
    public void drift(Duration amount) {
        drift = amount;
    }

    /** A mute meter does not answer at all, on any layer. */
    public boolean mute() {
        return mute;
    }

    public void mute(boolean value) {
        mute = value;
    }

    /** Status word, 0.0.97.97.0.255. */
    public long statusWord() {
        return statusWord;
    }

    public void statusWord(long value) {
        statusWord = value;
    }

    /** Alarm register, 0.0.97.98.0.255. */
    public long alarmWord() {
        return alarmWord;
    }

    public void alarmWord(long value) {
        alarmWord = value;
    }

    /** Cuts the power between two instants. */
    public synchronized void cutPower(PowerCut cut) {
        if (cuts.size() >= MAX_EXCEPTIONS) {
            throw new IllegalStateException("meter " + spec.number() + " already has " + MAX_EXCEPTIONS + " cuts");
        }
        cuts.add(cut);
        mark(Math.floorDiv(cut.to().getEpochSecond(), Consumption.QUARTER) + 1, StatusHistory.POWER_DOWN);
    }

    public List<PowerCut> cuts() {
        return cuts;
    }

    /** True if the row that would end at this instant was never captured. */
    public boolean missing(Instant end) {
        for (PowerCut cut : cuts) {
            if (cut.swallows(end)) {
                return true;
            }
        }
        return false;
    }

    /** Bits that faults added to the row that ends at the start of this slot. */
    public synchronized int extraStatus(long endSlot) {
        return extraStatus.getOrDefault(endSlot, 0);
    }

    private void mark(long endSlot, int bits) {
        extraStatus.merge(endSlot, bits, (a, b) -> a | b);
        if (extraStatus.size() > MAX_EXCEPTIONS) {
            extraStatus.pollFirstEntry();
        }
    }

    /** Highest invocation counter accepted from a client so far. */
    public synchronized long acceptedCounter(int clientSap) {
        return acceptedCounters.getOrDefault(clientSap, counterStart);
    }

    /** Remembers an accepted counter; the caller has checked that it is higher. */
    public synchronized void acceptCounter(int clientSap, long counter) {
        acceptedCounters.put(clientSap, counter);
    }

    /** Next counter for a frame that this meter ciphers. */
    public synchronized long nextServerCounter() {
        if (faults.strikes(FaultKind.REPLAYED_COUNTER).isPresent()) {
            return serverCounter;
        }
        return ++serverCounter;
    }
}
