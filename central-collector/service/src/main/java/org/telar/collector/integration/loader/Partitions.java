package org.telar.collector.integration.loader;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/** Makes the months' partitions ahead and renews the readers' rights on them. Thread-safe. */
public final class Partitions {
    private static final int BACK = 3;
    private static final int AHEAD = 3;

    private final DataSource legacy;
    private final Clock clock;

    public Partitions(DataSource legacy, Clock clock) {
        this.legacy = legacy;
        this.clock = clock;
    }

    /**
     * From three months back to three ahead; rows of other months lie in the default partition. Waits for loads that
     * are under way.
     *
     * @return partitions made
     */
    public int ensure() throws SQLException {
        int made = 0;
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        try (Connection db = legacy.getConnection();
                PreparedStatement ensure = db.prepareStatement("SELECT ensure_month(?)");
                Statement grants = db.createStatement()) {
            for (int m = -BACK; m <= AHEAD; m++) {
                ensure.setDate(1, Date.valueOf(today.plusMonths(m)));
                try (var row = ensure.executeQuery()) {
                    row.next();
                    made += row.getBoolean(1) ? 1 : 0;
                }
            }
            grants.execute("SELECT grant_readers()");
        }
        return made;
    }

    /**
     * Deletes the months that ended longer ago, with their history and journal.
     *
     * @return rows deleted
     */
    public long forget(Duration age) throws SQLException {
        try (Connection db = legacy.getConnection();
                PreparedStatement forget = db.prepareStatement("SELECT forget_before(?) + forget_flags_before(?)")) {
            Date limit = Date.valueOf(LocalDate.ofInstant(clock.instant().minus(age), ZoneOffset.UTC));
            forget.setDate(1, limit);
            forget.setDate(2, limit);
            try (var row = forget.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
