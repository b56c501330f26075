package org.telar.collector.ingest;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.springframework.jdbc.core.JdbcTemplate;

/** Meters as ingest sees them, locked against other instances until the transaction ends, in one order everywhere. */
final class MeterBook {
    private final JdbcTemplate jdbc;

    MeterBook(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Map<String, KnownMeter> lock(Collection<String> numbers) {
        List<String> sorted = new ArrayList<>(new TreeSet<>(numbers));
        Map<String, KnownMeter> meters = new HashMap<>();
        new SetStatement<>(jdbc, sorted)
                .texts(n -> n)
                .query(
                        "SELECT m.meter_id, m.meter_no, m.state, coalesce(m.gateway_id, ''), m.zone"
                                + " FROM unnest(?::text[]) AS k(no) JOIN meter m ON m.meter_no = k.no"
                                + " ORDER BY m.meter_id FOR NO KEY UPDATE OF m",
                        (r, n) -> meter(r.getInt(1), r.getString(2), r.getString(3), r.getString(4), r.getString(5)))
                .forEach(m -> meters.put(m.number(), m));
        return meters;
    }

    private static KnownMeter meter(int id, String number, String state, String gateway, String zone) {
        boolean inService = state.equals("COMMISSIONED") || state.equals("SUSPENDED");
        return new KnownMeter(id, number, state, gateway, ZoneId.of(zone), inService);
    }
}
