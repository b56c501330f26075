package org.telar.collector.integration.loader;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.MeterReading;
import org.telar.collector.integration.cim.MeterReading.Block;
import org.telar.collector.integration.cim.Quality;
import org.telar.collector.integration.cim.ReadingType;

/**
 * Sorts the readings of one block into slots of local days and rows off the grid (D4, D5). All or nothing: a block with
 * one reading that cannot be kept is refused whole. Not thread-safe; serves one block.
 */
final class BlockPacker {
    private final int meter;
    private final short typeId;
    private final ReadingType type;
    private final int step;
    private final LocalDay.Finder calendar;
    private final Dictionary ids;
    private final long readAt;
    private final Map<DayKey, Slots> days = new HashMap<>();
    private final List<ExceptionStore.Row> exceptions = new ArrayList<>();
    private Quality lastQuality;
    private short lastQualityId;
    private LocalDay lastDay = new LocalDay(0, 0, 0);
    private Slots lastSlots;
    private long repeated;
    private long missing;

    BlockPacker(int meter, short typeId, ReadingType type, LocalDay.Finder calendar, Dictionary ids, long readAt) {
        this.meter = meter;
        this.typeId = typeId;
        this.type = type;
        this.step = (int) type.period().orElseThrow().toSeconds();
        this.calendar = calendar;
        this.ids = ids;
        this.readAt = readAt;
    }

    Optional<MeterReading.Fault> pack(Block block) throws SQLException {
        for (int i = 0; i < block.size(); i++) {
            if (block.quality(i) != lastQuality) {
                Optional<Short> id = ids.quality(block.quality(i));
                if (id.isEmpty()) {
                    return fault(CimException.TOO_MANY, "too many different qualities");
                }
                lastQuality = block.quality(i);
                lastQualityId = id.get();
            }
            if (!place(block, i)) {
                return fault(CimException.SCHEMA, "values without a common 64-bit form");
            }
        }
        return Optional.empty();
    }

    private static Optional<MeterReading.Fault> fault(String code, String reason) {
        return Optional.of(new MeterReading.Fault(code, reason));
    }

    private boolean place(Block block, int i) {
        long end = block.end(i);
        long value = block.unscaled(i);
        int exponent = block.exponent(i) + type.multiplier();
        LocalDay day = calendar.of(end - step);
        int slot = block.offGrid(i) ? -1 : day.slot(end, step);
        if (value == Block.NO_VALUE) {
            missing++;
            if (slot >= 0) {
                Slots slots = slots(day, exponent);
                if (slots.empty(slot)) {
                    slots.set(slot, Slots.ABSENT, lastQualityId, readAt);
                }
            }
            return true;
        }
        if (slot < 0) {
            exception(end, value, exponent);
            return true;
        }
        Slots slots = slots(day, exponent);
        if (slots.empty(slot)) {
            return slots.put(slot, value, exponent, lastQualityId, readAt);
        }
        boolean same = slots.quality[slot] == lastQualityId
                && BigDecimal.valueOf(slots.value[slot], -slots.scaler).compareTo(BigDecimal.valueOf(value, -exponent))
                        == 0;
        if (same) {
            repeated++;
        } else {
            exception(end, value, exponent); // a second row in its slot (D4)
        }
        return true;
    }

    private void exception(long end, long value, int exponent) {
        exceptions.add(new ExceptionStore.Row(end, BigDecimal.valueOf(value, -exponent), lastQualityId, readAt));
    }

    private Slots slots(LocalDay day, int exponent) {
        if (lastSlots == null || day != lastDay) {
            DayKey key = new DayKey(day.epochDay(), meter, typeId);
            lastSlots = days.computeIfAbsent(key, k -> new Slots(day.start() + step, step, day.slots(step), exponent));
            lastDay = day;
        }
        return lastSlots;
    }

    Map<DayKey, Slots> days() {
        return days;
    }

    List<ExceptionStore.Row> exceptions() {
        return exceptions;
    }

    /** Readings that the block holds twice, unchanged. */
    long repeated() {
        return repeated;
    }

    /** Known missing slots. */
    long missing() {
        return missing;
    }
}
