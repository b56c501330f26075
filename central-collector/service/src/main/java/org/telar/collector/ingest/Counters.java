package org.telar.collector.ingest;

import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.JdbcTemplate;

/** Counts that are part of the transaction they count, so that they are true after any crash. Thread-safe. */
public final class Counters {
    public static final String BATCHES = "batches";
    /** MQTT payload of batches of readings. */
    public static final String READING_BYTES = "reading_payload_bytes";

    public static final String ENTRIES = "entries";
    public static final String DUPLICATES = "duplicate_entries";
    public static final String VALUES = "values";
    public static final String REGISTERS = "registers";
    public static final String KNOWN_VALUES = "known_values";
    public static final String CONFLICTS = "conflicts";
    /** Entries of epochs that are not gone on with (F12). */
    public static final String REFUSED = "refused_entries";

    public static final String HELD = "held_entries";
    public static final String QUARANTINED = "quarantined";

    private final JdbcTemplate jdbc;
    private final String instance;

    /** @param instance so that two collectors never wait for one row */
    public Counters(JdbcTemplate jdbc, String instance) {
        this.jdbc = jdbc;
        this.instance = instance;
    }

    void add(String name, long n) {
        if (n != 0) {
            jdbc.update(
                    "INSERT INTO counter AS c (name, instance, n) VALUES (?, ?, ?)"
                            + " ON CONFLICT (name, instance) DO UPDATE SET n = c.n + EXCLUDED.n",
                    name,
                    instance,
                    n);
        }
    }

    void addAll(Map<String, Long> counts) {
        new TreeMap<>(counts).forEach(this::add);
    }

    /** Sums over all instances. */
    public Map<String, Long> all() {
        Map<String, Long> counts = new TreeMap<>();
        jdbc.query("SELECT name, sum(n) FROM counter GROUP BY name", r -> {
            counts.put(r.getString(1), r.getLong(2));
        });
        return counts;
    }
}
