package org.telar.collector.registry;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.platform.CollectorSettings;

/** Zone and ratio of meters for the messages (D5, D6), remembered for a minute. Thread-safe. */
@Component
public class RegistryDirectory implements MeterDirectory {
    private static final int REMEMBERED = 50_000;
    private static final long FRESH = Duration.ofMinutes(1).toNanos();

    private final JdbcTemplate jdbc;
    private final Entry site;
    private final Map<String, Known> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Known(Entry entry, long at) {}

    public RegistryDirectory(JdbcTemplate jdbc, CollectorSettings settings) {
        this.jdbc = jdbc;
        this.site = new Entry(settings.zone(), 1);
    }

    @Override
    public Entry of(String meterNumber) {
        long now = System.nanoTime();
        synchronized (known) {
            Known k = known.get(meterNumber);
            if (k != null && now - k.at() < FRESH) {
                return k.entry();
            }
        }
        List<Entry> found = jdbc.query(
                "SELECT zone, ratio FROM meter WHERE meter_no = ?",
                (r, n) -> new Entry(ZoneId.of(r.getString(1)), r.getString(2).equals("PRIMARY") ? 2 : 1),
                meterNumber);
        Entry entry = found.isEmpty() ? site : found.get(0);
        synchronized (known) {
            known.put(meterNumber, new Known(entry, now));
        }
        return entry;
    }

    /** A v3 UUID holds 48 bits of the digest in front of its version: an index finds them. */
    @Override
    public Optional<String> numberOf(String mrid) {
        String id = mrid.toLowerCase(Locale.ROOT);
        if (!id.matches("[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")) {
            return Optional.empty();
        }
        return jdbc
                .queryForList(
                        "SELECT meter_no FROM meter WHERE left(md5('telar:meter:' || meter_no), 12) = ?",
                        String.class,
                        id.substring(0, 8) + id.substring(9, 13))
                .stream()
                .filter(number -> UUID.nameUUIDFromBytes(("telar:meter:" + number).getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .equals(id))
                .findFirst();
    }
}
