package org.telar.e2e;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

import org.telar.api.meter.MeterReadout;
import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;

/** Writes a readout in the form of the simulator's ledger, so that lines can be compared. */
final class Truth {
    private static final int[] BITS = {0x01, 0x02, 0x80, 0x20, 0x04};
    private static final String[] CODES = {"1.1.0", "1.1.9", "1.2.32", "1.4.9", "1.5.257"};

    private Truth() {}

    static List<String> profile(String meter, MeterReadout readout) {
        List<String> lines = new ArrayList<>();
        for (ProfileBlock block : readout.profiles()) {
            for (int c = 0; c < block.columns().size(); c++) {
                Column column = block.columns().get(c);
                for (OffGridRow row : block.offGrid()) {
                    lines.add(line(meter, column, row.at(), row.values()[c], row.status()));
                }
                for (int i = 0; i < block.slots(); i++) {
                    if (block.status()[i] >= 0) {
                        lines.add(line(meter, column, block.endOf(i), column.values()[i], block.status()[i]));
                    }
                }
            }
        }
        return lines;
    }

    private static String line(String meter, Column column, Instant end, long value, int status) {
        return meter + "," + column.channel() + "," + end + "," + scaled(value, column.unit()) + "," + quality(status);
    }

    static List<String> closings(String meter, MeterReadout readout) {
        return closings(RegisterKind.DAILY, meter, readout);
    }

    static List<String> billing(String meter, MeterReadout readout) {
        return closings(RegisterKind.BILLING, meter, readout);
    }

    static List<String> events(String meter, MeterReadout readout) {
        return readout.events().stream()
                .map(e -> meter + "," + e.log() + "," + e.at() + "," + e.code())
                .toList();
    }

    private static List<String> closings(RegisterKind kind, String meter, MeterReadout readout) {
        List<String> lines = new ArrayList<>();
        for (RegisterSet set : readout.registers()) {
            for (RegisterValue v : set.values()) {
                if (set.kind() == kind) {
                    lines.add(meter + "," + v.register() + "," + set.stamp() + "," + scaled(v.value(), v.unit()) + ","
                            + v.occurredAt().map(Instant::toString).orElse("") + ",1.0.0");
                }
            }
        }
        return lines;
    }

    static String scaled(long value, Unit unit) {
        BigDecimal scaled = BigDecimal.valueOf(value).scaleByPowerOfTen(unit.scaler());
        return value == 0 ? "0" : scaled.stripTrailingZeros().toPlainString();
    }

    private static String quality(int status) {
        StringJoiner codes = new StringJoiner("+");
        for (int i = 0; i < BITS.length; i++) {
            if ((status & BITS[i]) != 0) {
                codes.add(CODES[i]);
            }
        }
        return codes.length() == 0 ? "1.0.0" : codes.toString();
    }
}
