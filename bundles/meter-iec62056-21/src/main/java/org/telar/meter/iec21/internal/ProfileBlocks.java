package org.telar.meter.iec21.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Column;
import org.telar.api.model.Obis;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;

/**
 * Puts the rows of one range on the regular grid: a block for each run of rows of the same shape, what is off the grid
 * or second in its slot beside it, what the meter does not hold marked missing (D4).
 */
final class ProfileBlocks {
    /**
     * What the profile of a model looks like: lets a range without a single row be marked missing.
     *
     * @param period capture period
     * @param columns channels with scaler and unit, without values
     */
    record Shape(Duration period, List<Column> columns) {}

    private final MeterTime time;
    private final Obis profile;
    private final List<ProfileBlock> blocks = new ArrayList<>();

    private ProfileBlocks(MeterTime time, Obis profile) {
        this.time = time;
        this.profile = profile;
    }

    /**
     * Blocks of one range.
     *
     * @param upTo the meter's clock: what ends later has not been captured yet
     * @param known shape of this model's profile, if one was seen before
     */
    static List<ProfileBlock> of(
            Obis profile,
            TimeRange range,
            Instant upTo,
            List<Segment> segments,
            MeterTime time,
            Optional<Shape> known) {
        ProfileBlocks builder = new ProfileBlocks(time, profile);
        builder.build(range.from(), range.to().isBefore(upTo) ? range.to() : upTo, runs(range, segments), known);
        return builder.blocks;
    }

    private static List<Segment> runs(TimeRange range, List<Segment> segments) {
        List<Segment> runs = new ArrayList<>();
        for (Segment s : segments) {
            List<Segment.Row> rows =
                    s.rows().stream().filter(r -> range.contains(r.end())).toList();
            if (rows.isEmpty() || s.channels().isEmpty()) {
                continue;
            }
            int last = runs.size() - 1;
            if (last >= 0 && runs.get(last).sameShape(s)) {
                List<Segment.Row> joined = new ArrayList<>(runs.get(last).rows());
                joined.addAll(rows);
                runs.set(last, new Segment(s.period(), s.channels(), joined));
            } else {
                runs.add(new Segment(s.period(), s.channels(), rows));
            }
        }
        return runs;
    }

    private void build(Instant from, Instant to, List<Segment> runs, Optional<Shape> known) {
        if (runs.isEmpty()) {
            known.filter(shape -> from.isBefore(to)).ifPresent(shape -> missing(from, to, shape));
            return;
        }
        Instant start = from;
        for (int i = 0; i < runs.size(); i++) {
            Instant newest = runs.get(i).rows().stream()
                    .map(Segment.Row::end)
                    .max(Instant::compareTo)
                    .orElseThrow();
            Instant end = i == runs.size() - 1 && newest.isBefore(to) ? to : newest;
            block(start, end, runs.get(i));
            start = end;
        }
    }

    private void missing(Instant from, Instant to, Shape shape) {
        Grid grid = new Grid(from, to, shape.period());
        if (grid.slots <= 0) {
            return;
        }
        List<Column> columns = new ArrayList<>();
        for (Column c : shape.columns()) {
            columns.add(new Column(c.channel(), c.unit(), absent(grid.slots)));
        }
        int[] status = new int[grid.slots];
        Arrays.fill(status, ProfileBlock.MISSING);
        blocks.add(new ProfileBlock(profile, grid.first, shape.period(), columns, status, List.of()));
    }

    private void block(Instant from, Instant to, Segment run) {
        Instant oldest = run.rows().stream()
                .map(Segment.Row::end)
                .min(Instant::compareTo)
                .orElseThrow();
        boolean tooLong = Duration.between(from, to).dividedBy(run.period()) >= ProfileBlock.MAX_SLOTS;
        // A range from the beginning of time says nothing about what the meter should hold: begin at its oldest row.
        Instant begin = tooLong ? oldest.minusSeconds(1) : from;
        Grid grid = new Grid(begin, to, run.period());
        int width = run.channels().size();
        int[] decimals = decimals(run);
        int[] status = new int[Math.max(grid.slots, 0)];
        Arrays.fill(status, ProfileBlock.MISSING);
        long[][] values = new long[width][];
        for (int c = 0; c < width; c++) {
            values[c] = absent(status.length);
        }
        List<OffGridRow> offGrid = new ArrayList<>();
        for (Segment.Row row : run.rows()) {
            int slot = grid.slotOf(row.end());
            if (slot < 0 || status[slot] != ProfileBlock.MISSING) {
                offGrid.add(new OffGridRow(row.end(), row.status(), values(run, row, decimals)));
                continue;
            }
            status[slot] = row.status();
            long[] own = values(run, row, decimals);
            for (int c = 0; c < width; c++) {
                values[c][slot] = own[c];
            }
        }
        offGrid.sort((a, b) -> a.at().compareTo(b.at()));
        List<Column> columns = new ArrayList<>();
        for (int c = 0; c < width; c++) {
            Segment.Channel channel = run.channels().get(c);
            columns.add(new Column(channel.obis(), Quantity.unit(channel.symbol(), decimals[c]), values[c]));
        }
        blocks.add(new ProfileBlock(profile, grid.first, run.period(), columns, status, offGrid));
    }

    private static int[] decimals(Segment run) {
        int[] most = new int[run.channels().size()];
        for (Segment.Row row : run.rows()) {
            for (int c = 0; c < most.length; c++) {
                Optional<Quantity> value = row.value(run.channels().get(c));
                most[c] = Math.max(most[c], value.map(Quantity::decimals).orElse(0));
            }
        }
        return most;
    }

    private static long[] values(Segment run, Segment.Row row, int[] decimals) {
        long[] values = absent(decimals.length);
        for (int c = 0; c < decimals.length; c++) {
            Optional<Quantity> value = row.value(run.channels().get(c));
            if (value.isPresent()) {
                values[c] = value.get().withDecimals(decimals[c]);
            }
        }
        return values;
    }

    private static long[] absent(int count) {
        long[] values = new long[count];
        Arrays.fill(values, Column.ABSENT);
        return values;
    }

    /** Slots of a period in (from, to], on the meter's own quarter hours whatever its offset from UTC is. */
    private final class Grid {
        private final Instant first;
        private final int slots;
        private final long period;

        Grid(Instant from, Instant to, Duration length) {
            period = length.toSeconds();
            long shift = time.offsetAt(to).getTotalSeconds();
            long slot = Math.floorDiv(from.getEpochSecond() + shift, period) + 1;
            first = Instant.ofEpochSecond(slot * period - shift);
            long last = Math.floorDiv(to.getEpochSecond() + shift, period);
            slots = (int) Math.min(Math.max(0, last - slot + 1), ProfileBlock.MAX_SLOTS);
        }

        int slotOf(Instant end) {
            long distance = end.getEpochSecond() - first.getEpochSecond();
            boolean onGrid = distance >= 0 && distance % period == 0 && distance / period < slots;
            return onGrid && end.getNano() == 0 ? (int) (distance / period) : -1;
        }
    }

    /** The shape of a block. */
    static Shape shapeOf(ProfileBlock block) {
        return new Shape(
                block.period(),
                block.columns().stream()
                        .map(c -> new Column(
                                c.channel(),
                                new Unit(c.unit().scaler(), c.unit().code()),
                                new long[0]))
                        .toList());
    }
}
