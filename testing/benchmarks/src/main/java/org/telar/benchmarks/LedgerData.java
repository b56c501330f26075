package org.telar.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import org.telar.api.model.Obis;

/** The simulator's ledger in memory: per meter and channel the values by interval end. */
public final class LedgerData {
    /** One value, scaled to tenths so that both kinds of meters fit (D6). */
    public record Sample(String text, long tenths, int status, String quality) {}

    private final Map<String, Map<Obis, TreeMap<Instant, Sample>>> meters = new LinkedHashMap<>();

    /** Bits of the status word behind a CIM quality; the table is the product's, read backwards. */
    private static final Map<String, Integer> BITS =
            Map.of("1.0.0", 0, "1.1.0", 1, "1.1.9", 2, "1.5.257", 4, "1.4.9", 32, "1.2.32", 128);

    public static LedgerData read(Path ledger) throws IOException {
        LedgerData data = new LedgerData();
        try (BufferedReader in = Files.newBufferedReader(ledger)) {
            in.readLine();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] f = line.split(",");
                int status = 0;
                for (String code : f[4].split("\\+")) {
                    status |= BITS.getOrDefault(code, 0);
                }
                long tenths = new BigDecimal(f[3]).movePointRight(1).longValueExact();
                data.meters
                        .computeIfAbsent(f[0], m -> new LinkedHashMap<>())
                        .computeIfAbsent(Obis.parse(f[1]), o -> new TreeMap<>())
                        .put(Instant.parse(f[2]), new Sample(f[3], tenths, status, f[4]));
            }
        }
        return data;
    }

    public Map<String, Map<Obis, TreeMap<Instant, Sample>>> meters() {
        return meters;
    }
}
