package org.telar.simulator.control;

import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.telar.simulator.cosem.ClosingRows;
import org.telar.simulator.cosem.EventRows;
import org.telar.simulator.cosem.LoadProfileRows;
import org.telar.simulator.cosem.Row;
import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;
import org.telar.simulator.energy.Peak;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.StatusHistory;

/** What every meter truly holds, as CSV: the oracle of the tests. Times are interval ends in UTC, values in Wh. */
public final class Ledger {
    private static final int TARIFFS = 4;

    private final Fleet fleet;
    private final LoadProfileRows profile = new LoadProfileRows();
    private final ClosingRows closings = ClosingRows.daily();
    private final ClosingRows billing = ClosingRows.monthly();
    private final EventRows events = new EventRows();

    public Ledger(Fleet fleet) {
        this.fleet = fleet;
    }

    /** One value of a closing. */
    private record Closing(String channel, Instant stamp, long value, String occurredAt) {}

    /**
     * Writes the load profile rows that end in (from, to].
     *
     * @return number of values
     */
    public long profile(Instant from, Instant to, Path file) throws IOException {
        long count = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("meter,channel,interval_end_utc,value,quality\n");
            for (Meter meter : fleet.meters()) {
                List<Row> rows = profile.endingIn(meter, from.plusNanos(1), to);
                for (Channel channel : meter.changes().channels()) {
                    String obis = channel.obis(meter.spec().model().increments());
                    for (Row row : rows) {
                        long value = LoadProfileRows.value(meter, row, channel);
                        out.write(meter.spec().number() + "," + obis + "," + row.end() + "," + scaled(meter, value)
                                + "," + quality(row.status()) + "\n");
                        count++;
                    }
                }
            }
        }
        return count;
    }

    /**
     * Writes the daily closings stamped in (from, to].
     *
     * @return number of values
     */
    public long closings(Instant from, Instant to, Path file) throws IOException {
        return closings(closings, from, to, file);
    }

    /**
     * Writes the billing closings stamped in (from, to], in the form of the daily ones.
     *
     * @return number of values
     */
    public long billing(Instant from, Instant to, Path file) throws IOException {
        return closings(billing, from, to, file);
    }

    /**
     * Writes the rows of the standard event log in (from, to].
     *
     * @return number of rows
     */
    public long events(Instant from, Instant to, Path file) throws IOException {
        long count = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("meter,log,at_utc,code\n");
            for (Meter meter : fleet.meters()) {
                for (Row row : events.rows(meter, from.plusNanos(1), to)) {
                    out.write(meter.spec().number() + ",0.0.99.98.0.255," + row.end() + "," + row.status() + "\n");
                    count++;
                }
            }
        }
        return count;
    }

    private long closings(ClosingRows rows, Instant from, Instant to, Path file) throws IOException {
        long count = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("meter,channel,stamp_utc,value,occurred_at_utc,quality\n");
            for (Meter meter : fleet.meters()) {
                List<Closing> values = new ArrayList<>();
                for (Row row : rows.rows(meter, from.plusNanos(1), to)) {
                    values.addAll(closing(meter, row.end()));
                }
                values.sort(Comparator.comparing(Closing::channel).thenComparing(Closing::stamp));
                for (Closing c : values) {
                    out.write(meter.spec().number() + "," + c.channel() + "," + c.stamp() + ","
                            + scaled(meter, c.value()) + "," + c.occurredAt() + ",1.0.0\n");
                    count++;
                }
            }
        }
        return count;
    }

    private static List<Closing> closing(Meter meter, Instant stamp) {
        Consumption used = meter.consumption();
        List<Closing> values = new ArrayList<>();
        values.add(new Closing("1.0.1.8.0.255", stamp, meter.registerAt(Channel.IMPORT, stamp), ""));
        for (int tariff = 1; tariff <= TARIFFS; tariff++) {
            values.add(new Closing("1.0.1.8." + tariff + ".255", stamp, meter.tariffAt(tariff, stamp), ""));
        }
        values.add(new Closing("1.0.2.8.0.255", stamp, meter.registerAt(Channel.EXPORT, stamp), ""));
        Peak peak = used.maximumDemand(stamp);
        values.add(new Closing("1.0.1.6.0.255", stamp, peak.value(), peak.at().toString()));
        values.add(new Closing("1.0.1.2.0.255", stamp, used.cumulativeDemand(stamp), ""));
        return values;
    }

    private static String scaled(Meter meter, long raw) {
        BigDecimal value =
                BigDecimal.valueOf(raw).scaleByPowerOfTen(meter.spec().model().scaler());
        return raw == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    /** CIM quality codes of a profile status, ascending. */
    public static String quality(int status) {
        List<String> codes = new ArrayList<>();
        code(status, StatusHistory.CRITICAL_ERROR, "1.1.0", codes);
        code(status, StatusHistory.CLOCK_INVALID, "1.1.9", codes);
        code(status, StatusHistory.POWER_DOWN, "1.2.32", codes);
        code(status, StatusHistory.CLOCK_ADJUSTED, "1.4.9", codes);
        code(status, StatusHistory.DATA_NOT_VALID, "1.5.257", codes);
        return codes.isEmpty() ? "1.0.0" : String.join("+", codes);
    }

    private static void code(int status, int bit, String code, List<String> codes) {
        if ((status & bit) != 0) {
            codes.add(code);
        }
    }
}
