package org.telar.collector.ingest;

import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Monthly partitions of readings, made ahead: from thirteen months back to two ahead. What lies outside goes to the
 * default partition, and is moved when its month is made. Thread-safe; several instances may do it at once.
 */
public final class Partitions {
    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
    private static final int BACK = 13;
    private static final int AHEAD = 2;
    private static final long LOCK = 0x74656c6172L;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private volatile YearMonth done;

    private record Table(String name, String column, String type) {}

    private static final List<Table> TABLES =
            List.of(new Table("lp_day", "day", "date"), new Table("register_reading", "stamp", "timestamptz"));

    public Partitions(JdbcTemplate jdbc, TransactionTemplate transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Makes what is missing; does nothing when the month is the same as last time. */
    public void ensure() {
        YearMonth now = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
        if (now.equals(done)) {
            return;
        }
        for (YearMonth month = now.minusMonths(BACK);
                !month.isAfter(now.plusMonths(AHEAD));
                month = month.plusMonths(1)) {
            for (Table table : TABLES) {
                make(table, month);
            }
        }
        done = now;
    }

    private void make(Table table, YearMonth month) {
        String name = "%s_%d_%02d".formatted(table.name(), month.getYear(), month.getMonthValue());
        transactions.executeWithoutResult(status -> {
            jdbc.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            Boolean exists = jdbc.queryForObject("SELECT to_regclass(?) IS NOT NULL", Boolean.class, name);
            if (Boolean.TRUE.equals(exists)) {
                return;
            }
            // Stamps are UTC; the session's zone is not.
            String from = literal(table, month);
            String to = literal(table, month.plusMonths(1));
            jdbc.execute("CREATE TABLE " + name + " (LIKE " + table.name() + " INCLUDING ALL)");
            int moved =
                    jdbc.update("WITH moved AS (DELETE FROM " + table.name() + "_other WHERE " + table.column() + " >= "
                            + from + " AND " + table.column() + " < " + to + " RETURNING *) INSERT INTO " + name
                            + " SELECT * FROM moved");
            jdbc.execute("ALTER TABLE " + table.name() + " ATTACH PARTITION " + name + " FOR VALUES FROM (" + from
                    + ") TO (" + to + ")");
            if (moved > 0) {
                LOG.info("{} rows moved into the new partition {}", moved, name);
            }
        });
    }

    private static String literal(Table table, YearMonth month) {
        String day = month.atDay(1).toString();
        return table.type().equals("date") ? "'" + day + "'::date" : "'" + day + " 00:00:00+00'::timestamptz";
    }
}
