package org.telar.collector.ingest;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

import org.postgresql.PGConnection;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * One statement over a whole set of rows: each parameter is an array, taken apart by {@code unnest}. Fifty times faster
 * than a statement a row. Not thread-safe; it joins the transaction of the calling thread.
 */
final class SetStatement<T> {
    private final JdbcTemplate jdbc;
    private final List<T> rows;
    private final List<Maker> parameters = new ArrayList<>();

    @FunctionalInterface
    private interface Maker {
        Array make(Connection connection) throws SQLException;
    }

    SetStatement(JdbcTemplate jdbc, List<T> rows) {
        this.jdbc = jdbc;
        this.rows = rows;
    }

    SetStatement<T> ints(ToIntFunction<T> column) {
        int[] values = rows.stream().mapToInt(column).toArray();
        parameters.add(c -> c.unwrap(PGConnection.class).createArrayOf("int4", values));
        return this;
    }

    SetStatement<T> longs(ToLongFunction<T> column) {
        long[] values = rows.stream().mapToLong(column).toArray();
        parameters.add(c -> c.unwrap(PGConnection.class).createArrayOf("int8", values));
        return this;
    }

    /** Seconds since 1970, {@code null} allowed. */
    SetStatement<T> seconds(Function<T, Instant> column) {
        Long[] values = new Long[rows.size()];
        for (int i = 0; i < values.length; i++) {
            Instant at = column.apply(rows.get(i));
            values[i] = at == null ? null : at.getEpochSecond();
        }
        parameters.add(c -> c.createArrayOf("int8", values));
        return this;
    }

    SetStatement<T> texts(Function<T, String> column) {
        String[] values = rows.stream().map(column).toArray(String[]::new);
        parameters.add(c -> c.createArrayOf("text", values));
        return this;
    }

    SetStatement<T> bytes(Function<T, byte[]> column) {
        byte[][] values = rows.stream().map(column).toArray(byte[][]::new);
        parameters.add(c -> c.createArrayOf("bytea", values));
        return this;
    }

    int update(String sql) {
        if (rows.isEmpty()) {
            return 0;
        }
        Integer n = jdbc.execute((Connection c) -> {
            try (PreparedStatement s = c.prepareStatement(sql)) {
                bind(c, s);
                return s.executeUpdate();
            }
        });
        return n == null ? 0 : n;
    }

    <R> List<R> query(String sql, RowMapper<R> mapper) {
        if (rows.isEmpty()) {
            return List.of();
        }
        return jdbc.execute((Connection c) -> {
            try (PreparedStatement s = c.prepareStatement(sql)) {
                bind(c, s);
                List<R> found = new ArrayList<>();
                try (var results = s.executeQuery()) {
                    while (results.next()) {
                        found.add(mapper.mapRow(results, found.size()));
                    }
                }
                return found;
            }
        });
    }

    private void bind(Connection connection, PreparedStatement statement) throws SQLException {
        for (int i = 0; i < parameters.size(); i++) {
            statement.setArray(i + 1, parameters.get(i).make(connection));
        }
    }
}
