package org.telar.simulator.iec21;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.telar.simulator.cosem.ClosingRows;
import org.telar.simulator.cosem.LoadProfileRows;
import org.telar.simulator.cosem.Row;
import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;
import org.telar.simulator.energy.Peak;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.fleet.StatusHistory;

/** What a meter answers: registers, the data readout, and the two profiles in formatted codes. */
final class Contents {
    private static final int TARIFFS = 4;
    private static final int BILLING_PERIODS = 3;
    private static final int KILO = 3;
    private static final Duration DAY = Duration.ofDays(1);

    private final Meter meter;
    private final Stamps stamps;
    /** Model E writes codes in full and a status byte, model F short codes and a word of 32 bits. */
    private final boolean full;

    Contents(Meter meter) {
        this.meter = meter;
        this.full = meter.spec().model() == MeterModel.E;
        this.stamps = new Stamps(meter.zone(), full);
    }

    Stamps stamps() {
        return stamps;
    }

    /** The value of one object in brackets, by its short code; empty if the meter has none. */
    Optional<String> object(String code) {
        Instant now = meter.now();
        Consumption used = meter.consumption();
        for (Channel channel : Channel.values()) {
            if (code.equals(channel.group() + ".8.0")) {
                return Optional.of(energy(meter.registerAt(channel, now), channel));
            }
        }
        for (int tariff = 1; tariff <= TARIFFS; tariff++) {
            if (code.equals("1.8." + tariff)) {
                return Optional.of(energy(meter.tariffAt(tariff, now), Channel.IMPORT));
            }
        }
        return Optional.ofNullable(
                switch (code) {
                    case "0.0.0" -> "(" + meter.spec().identity() + ")";
                    case "C.1.0" -> "(" + meter.spec().serial() + ")";
                    case "0.2.0" -> "(" + meter.spec().model().firmware() + ")";
                    case "0.9.1" -> "(" + stamps.time(now) + ")";
                    case "0.9.2" -> "(" + stamps.date(now) + ")";
                    case "F.F" -> "(" + String.format(Locale.ROOT, "%08X", meter.statusWord()) + ")";
                    case "97.98.0" -> "(" + String.format(Locale.ROOT, "%08X", meter.alarmWord()) + ")";
                    case "1.6.0" -> peak(used.maximumDemand(now));
                    case "1.2.0" -> power(used.cumulativeDemand(now));
                    default -> null;
                });
    }

    /** The list of the data readout, with the last billing periods as history values. */
    String readout() {
        StringBuilder out = new StringBuilder();
        for (String code : List.of("C.1.0", "0.0.0", "0.2.0", "0.9.1", "0.9.2", "F.F", "97.98.0")) {
            line(out, code, "", object(code).orElseThrow());
        }
        for (String code : List.of(
                "1.8.0", "1.8.1", "1.8.2", "1.8.3", "1.8.4", "2.8.0", "5.8.0", "6.8.0", "7.8.0", "8.8.0", "1.6.0",
                "1.2.0")) {
            line(out, code, "", object(code).orElseThrow());
        }
        List<Row> months = ClosingRows.monthly().rows(meter, Instant.EPOCH, meter.now());
        for (int i = Math.max(0, months.size() - BILLING_PERIODS); i < months.size(); i++) {
            Instant at = months.get(i).end();
            String period = String.format(Locale.ROOT, "*%02d", i + 1);
            line(out, "0.1.2", period, "(" + stamps.stamp(at) + ")");
            line(out, "1.8.0", period, energy(meter.registerAt(Channel.IMPORT, at), Channel.IMPORT));
            line(out, "1.6.0", period, peak(meter.consumption().maximumDemand(at)));
        }
        return out.append("!\r\n").toString();
    }

    private void line(StringBuilder out, String code, String period, String value) {
        boolean nobody = code.startsWith("C.") || code.startsWith("F.") || code.startsWith("97.");
        String tail = period.isEmpty() ? "*255" : period;
        String spelled = code.equals("F.F") ? "F.F.0" : code;
        out.append(full ? (nobody ? "0-0:" : "1-0:") + spelled + tail : code + period);
        out.append(value).append("\r\n");
    }

    /** P.01: rows whose interval ends in [from, to], a header wherever status, season or distance change. */
    String loadProfile(Instant from, Instant to) {
        boolean increments = meter.spec().model().increments();
        StringBuilder channels = new StringBuilder();
        for (Channel channel : Channel.values()) {
            String[] parts = channel.obis(increments).split("\\.");
            channels.append('(').append(full ? "1-0:" : "");
            channels.append(parts[2]).append('.').append(parts[3]).append(".0)");
            channels.append(channel.reactive() ? "(kvarh)" : "(kWh)");
        }
        StringBuilder out = new StringBuilder();
        Instant expected = Instant.MIN;
        String head = "";
        for (Row row : new LoadProfileRows().endingIn(meter, from, to)) {
            String status = status(row.status());
            String wanted = stamps.season(row.end()) + status;
            if (!row.end().equals(expected) || !wanted.equals(head)) {
                out.append("P.01(").append(stamps.stamp(row.end())).append(")(").append(status);
                out.append(")(15)(")
                        .append(Channel.values().length)
                        .append(')')
                        .append(channels)
                        .append("\r\n");
                head = wanted;
            }
            for (Channel channel : Channel.values()) {
                out.append('(')
                        .append(kilo(LoadProfileRows.value(meter, row, channel), 1))
                        .append(')');
            }
            out.append("\r\n");
            expected = row.end().plusSeconds(Consumption.QUARTER);
        }
        return out.isEmpty() ? "P.01()\r\n" : out.toString();
    }

    /** P.02: daily closings; the column that repeats a code holds when the demand occurred. */
    String dailyProfile(Instant from, Instant to) {
        String a = full ? "1-0:" : "";
        String columns = "(1440)(9)";
        for (String code : List.of("1.8.0", "1.8.1", "1.8.2", "1.8.3", "1.8.4", "2.8.0")) {
            columns += "(" + a + code + ")(kWh)";
        }
        columns += "(" + a + "1.6.0)(kW)(" + a + "1.6.0)()(" + a + "1.2.0)(kW)\r\n";
        StringBuilder out = new StringBuilder();
        Instant expected = Instant.MIN;
        String season = "";
        for (Row row : ClosingRows.daily().rows(meter, from, to)) {
            Instant at = row.end();
            if (!at.equals(expected) || !season.equals(stamps.season(at))) {
                out.append("P.02(")
                        .append(stamps.stamp(at))
                        .append(")(")
                        .append(status(0))
                        .append(')');
                out.append(columns);
                season = stamps.season(at);
            }
            closing(out, at);
            expected = stamps.civil() ? at.atZone(meter.zone()).plusDays(1).toInstant() : at.plus(DAY);
        }
        return out.isEmpty() ? "P.02()\r\n" : out.toString();
    }

    private void closing(StringBuilder out, Instant at) {
        Consumption used = meter.consumption();
        out.append('(').append(kilo(meter.registerAt(Channel.IMPORT, at), 1)).append(')');
        for (int tariff = 1; tariff <= TARIFFS; tariff++) {
            out.append('(').append(kilo(meter.tariffAt(tariff, at), 1)).append(')');
        }
        out.append('(').append(kilo(meter.registerAt(Channel.EXPORT, at), 1)).append(')');
        Peak peak = used.maximumDemand(at);
        out.append('(')
                .append(kilo(peak.value(), 1))
                .append(")(")
                .append(stamps.stamp(peak.at()))
                .append(")(");
        out.append(kilo(used.cumulativeDemand(at), 1)).append(")\r\n");
    }

    /** EDIS: 7 power failure, 5 clock set, 3 summer time, 2 disturbed, 1 reserve exhausted, 0 fatal error. */
    private String status(int bits) {
        int edis = bits & (StatusHistory.CRITICAL_ERROR | StatusHistory.CLOCK_INVALID | StatusHistory.DATA_NOT_VALID);
        edis |= (bits & StatusHistory.CLOCK_ADJUSTED) != 0 ? 1 << 5 : 0;
        edis |= (bits & StatusHistory.POWER_DOWN) != 0 ? 1 << 7 : 0;
        edis |= full && (bits & StatusHistory.DAYLIGHT_SAVING) != 0 ? 1 << 3 : 0;
        return String.format(Locale.ROOT, full ? "%02X" : "%08X", edis);
    }

    private String energy(long raw, Channel channel) {
        return "(" + kilo(raw, 8) + (channel.reactive() ? "*kvarh)" : "*kWh)");
    }

    private String power(long raw) {
        return "(" + kilo(raw, 3) + "*kW)";
    }

    private String peak(Peak peak) {
        return power(peak.value()) + "(" + stamps.stamp(peak.at()) + ")";
    }

    /** Raw units as kWh or kW, every decimal that the meter counts, leading zeros before the point. */
    private String kilo(long raw, int before) {
        int decimals = KILO - meter.spec().model().scaler();
        String text = BigDecimal.valueOf(raw, decimals).toPlainString();
        return "0".repeat(Math.max(0, before + 1 + decimals - text.length())) + text;
    }
}
