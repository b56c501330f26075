package org.telar.collector.ingest;

import java.sql.SQLException;
import java.util.Set;

import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Whether a failed transaction may succeed later without anybody changing the data. */
final class Transience {
    /** Connection, transaction rollback, resources, operator, system error, read-only transaction. */
    private static final Set<String> CLASSES = Set.of("08", "40", "53", "57", "58", "25", "55");

    private Transience() {}

    static boolean isTransient(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof CannotGetJdbcConnectionException || t instanceof CannotCreateTransactionException) {
                return true;
            }
            if (t instanceof SQLException sql) {
                String state = sql.getSQLState();
                return state == null || CLASSES.contains(state.substring(0, Math.min(2, state.length())));
            }
        }
        return false;
    }
}
