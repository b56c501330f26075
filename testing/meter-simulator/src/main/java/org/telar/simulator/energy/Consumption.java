package org.telar.simulator.energy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Registers of one meter as a pure function of time. Values are raw: multiply by {@code 10^scaler} for Wh or varh.
 * Slots are quarters of an hour counted from 1970-01-01T00:00Z. Thread safe.
 */
public final class Consumption {
    /** Length of a capture period, seconds. */
    public static final int QUARTER = 900;
    /** Fixed, so that two runs agree whenever they start. */
    public static final LocalDate EPOCH = LocalDate.of(2026, 1, 1);

    /** Cumulative demand is counted from here; what was before is in its base. */
    private static final YearMonth DEMAND_EPOCH = YearMonth.of(2026, 9);

    private final long meter;
    private final ZoneId zone;
    private final DayBuilder builder;
    private final DayCache cache;
    private final long demandBase;
    private final Map<YearMonth, Peak> finishedMonths = new ConcurrentHashMap<>();

    /**
     * One meter.
     *
     * @param seed seed of the fleet
     * @param meter meter number
     * @param zone local time of the household
     * @param unitsPerWh register units per Wh: 10 for a scaler of -1
     * @param cache shared by the fleet
     */
    public Consumption(long seed, long meter, ZoneId zone, int unitsPerWh, DayCache cache) {
        this.meter = meter;
        this.zone = zone;
        this.cache = cache;
        this.builder = new DayBuilder(Household.of(seed, meter), unitsPerWh);
        this.demandBase = (20_000 + (long) (300_000 * Mix.unit(seed, meter, 21, 0))) * unitsPerWh;
    }

    /** Whose household this is. */
    public long meter() {
        return meter;
    }

    /** Number of the slot that an instant lies in; a slot's end has the number of the next. */
    public static long slotOf(Instant instant) {
        return Math.floorDiv(instant.getEpochSecond(), QUARTER);
    }

    /** The instant at which a slot starts. */
    public static Instant startOf(long slot) {
        return Instant.ofEpochSecond(slot * QUARTER);
    }

    /** Reading at the start of a slot. */
    public long register(Channel channel, long slot) {
        return day(slot).register(channel, Math.floorMod(slot, DayEnergy.SLOTS));
    }

    /** What was used in a slot. */
    public long increment(Channel channel, long slot) {
        DayEnergy day = day(slot);
        int index = Math.floorMod(slot, DayEnergy.SLOTS);
        return day.register(channel, index + 1) - day.register(channel, index);
    }

    /** Reading at any instant; between two slots the register grows evenly. */
    public long registerAt(Channel channel, Instant at) {
        long slot = slotOf(at);
        return register(channel, slot) + part(increment(channel, slot), at);
    }

    /** Reading of an import tariff register, tariff 1 to 4. */
    public long tariffAt(int tariff, Instant at) {
        long slot = slotOf(at);
        DayEnergy day = day(slot);
        int index = Math.floorMod(slot, DayEnergy.SLOTS);
        long start = day.tariff(tariff - 1, index);
        return start + part(day.tariff(tariff - 1, index + 1) - start, at);
    }

    /** Highest import demand of the billing month so far; the month of the instant just before {@code at}. */
    public Peak maximumDemand(Instant at) {
        YearMonth month = YearMonth.from(at.minusSeconds(1).atZone(zone));
        if (at.equals(startOfMonth(month.plusMonths(1)))) {
            return finished(month);
        }
        return peak(slotOf(startOfMonth(month)), slotOf(at));
    }

    /** Sum of the maximum demands of all billing months that had ended before {@code at}'s month. */
    public long cumulativeDemand(Instant at) {
        YearMonth current = YearMonth.from(at.minusSeconds(1).atZone(zone));
        long sum = demandBase;
        for (YearMonth month = DEMAND_EPOCH; month.isBefore(current); month = month.plusMonths(1)) {
            sum += finished(month).value();
        }
        return sum;
    }

    private Peak finished(YearMonth month) {
        return finishedMonths.computeIfAbsent(
                month, m -> peak(slotOf(startOfMonth(m)), slotOf(startOfMonth(m.plusMonths(1)))));
    }

    private Instant startOfMonth(YearMonth month) {
        return month.atDay(1).atStartOfDay(zone).toInstant();
    }

    private Peak peak(long from, long to) {
        long best = 0;
        long at = from;
        for (long slot = from; slot < to; slot++) {
            long used = increment(Channel.IMPORT, slot);
            if (used > best) {
                best = used;
                at = slot + 1;
            }
        }
        return new Peak(best * 4, startOf(at));
    }

    private static long part(long increment, Instant at) {
        return increment * Math.floorMod(at.getEpochSecond(), QUARTER) / QUARTER;
    }

    private DayEnergy day(long slot) {
        long day = Math.floorDiv(slot, DayEnergy.SLOTS);
        return cache.get(meter, day, () -> build(day));
    }

    private DayEnergy build(long epochDay) {
        Instant noon = LocalDate.ofEpochDay(epochDay).atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC);
        int shift = zone.getRules().getOffset(noon).getTotalSeconds() / QUARTER;
        return builder.build(epochDay - EPOCH.toEpochDay(), shift);
    }
}
