package org.telar.collector.reports;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Runs reports: one read-only transaction each, at the collector's time, bound in rows and in time. Thread-safe.
 */
public class ReportReader {
    private static final int SECONDS = 120;
    private static final int FETCH = 1_000;

    private final DataSource smmc;
    private final DataSource legacy;
    private final Clock clock;
    private final ZoneId zone;
    private final Map<String, Set<String>> columns = new ConcurrentHashMap<>();

    /**
     * One page of a report.
     *
     * @param asOf when it was true
     * @param more whether there are rows behind these
     */
    public record Page(Instant asOf, List<String> columns, List<Map<String, Object>> items, boolean more) {}

    /** Takes the cells of one row. */
    private interface RowSink {
        void row(Object[] cells) throws IOException;
    }

    /** A filter names a column that the report does not have. */
    public static final class NoSuchFilter extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        NoSuchFilter(String message) {
            super(message);
        }
    }

    public ReportReader(DataSource smmc, DataSource legacy, Clock clock, ZoneId zone) {
        this.smmc = smmc;
        this.legacy = legacy;
        this.clock = clock;
        this.zone = zone;
    }

    /** @param limit rows at most */
    public Page page(Report report, boolean rows, ReportFilter filter, int limit, long offset)
            throws SQLException, IOException {
        List<String> names = new ArrayList<>();
        List<Map<String, Object>> items = new ArrayList<>();
        Instant asOf = run(report, rows, filter, limit + 1, offset, names, cells -> {
            Map<String, Object> item = new LinkedHashMap<>();
            for (int i = 0; i < cells.length; i++) {
                item.put(names.get(i), cells[i]);
            }
            items.add(item);
        });
        boolean more = items.size() > limit;
        return new Page(asOf, names, more ? items.subList(0, limit) : items, more);
    }

    /** The whole of it as CSV (RFC 4180, UTF-8), as a stream. @return rows written */
    public long csv(Report report, boolean rows, ReportFilter filter, OutputStream out)
            throws SQLException, IOException {
        Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        List<String> names = new ArrayList<>();
        long[] n = {0};
        run(report, rows, filter, Integer.MAX_VALUE, 0, names, cells -> {
            if (n[0]++ == 0) {
                Csv.line(text, names.toArray());
            }
            Csv.line(text, cells);
        });
        if (n[0] == 0) {
            Csv.line(text, names.toArray());
        }
        text.flush();
        return n[0];
    }

    /** The filter without a range of days where the report tells how things are now; a scope is never left out. */
    ReportFilter fitting(Report report, boolean rows, ReportFilter f) throws SQLException {
        Set<String> has = columns(report, rows);
        boolean timed = has.contains("day") || has.contains("at");
        return timed ? f : new ReportFilter(Optional.empty(), Optional.empty(), f.gateway(), f.meter(), f.scope());
    }

    /** Columns of a report's view, in its order. */
    public Set<String> columns(Report report, boolean rows) throws SQLException {
        String view = report.view(rows);
        Set<String> known = columns.get(view);
        if (known == null) {
            known = new TreeSet<>();
            try (Connection db = source(report).getConnection();
                    PreparedStatement query = db.prepareStatement(
                            "SELECT column_name FROM information_schema.columns WHERE table_schema || '.' || table_name = ?")) {
                query.setString(1, view);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        known.add(row.getString(1));
                    }
                }
            }
            columns.put(view, known);
        }
        return known;
    }

    private Instant run(
            Report report, boolean rows, ReportFilter filter, long limit, long offset, List<String> names, RowSink sink)
            throws SQLException, IOException {
        Set<String> has = columns(report, rows);
        List<Object> arguments = new ArrayList<>();
        String where = where(report, has, filter, arguments);
        Instant asOf = clock.instant();
        try (Connection db = source(report).getConnection()) {
            db.setAutoCommit(false);
            db.setReadOnly(true);
            try (PreparedStatement moment = db.prepareStatement("SELECT set_config('telar.moment', ?, true)")) {
                moment.setString(1, asOf.toString());
                moment.executeQuery().close();
            }
            // The view's name is ours, one of an enumeration; all that a reader says is bound (S42).
            try (PreparedStatement query = db.prepareStatement(
                    "SELECT * FROM " + report.view(rows) + where + " ORDER BY 1, 2, 3 LIMIT ? OFFSET ?")) {
                int at = 1;
                for (Object argument : arguments) {
                    if (argument instanceof List<?> list) {
                        query.setArray(at++, db.createArrayOf("text", list.toArray()));
                    } else {
                        query.setObject(at++, argument);
                    }
                }
                query.setLong(at++, limit);
                query.setLong(at, offset);
                query.setQueryTimeout(SECONDS);
                query.setFetchSize(FETCH);
                try (ResultSet row = query.executeQuery()) {
                    read(row, names, sink);
                }
            } finally {
                db.rollback();
                db.setReadOnly(false);
                db.setAutoCommit(true);
            }
        }
        return asOf;
    }

    private static void read(ResultSet row, List<String> names, RowSink sink) throws SQLException, IOException {
        ResultSetMetaData meta = row.getMetaData();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            names.add(meta.getColumnLabel(i));
        }
        while (row.next()) {
            Object[] cells = new Object[names.size()];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = plain(row.getObject(i + 1));
            }
            sink.row(cells);
        }
    }

    private static Object plain(Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Timestamp t) {
            return t.toInstant().toString();
        }
        if (value instanceof BigDecimal d) {
            return new BigDecimal(d.stripTrailingZeros().toPlainString());
        }
        return value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    private String where(Report report, Set<String> has, ReportFilter f, List<Object> arguments) {
        List<String> terms = new ArrayList<>();
        String time = has.contains("day") ? "day" : has.contains("at") ? "at" : "";
        time(report, time, ">=", f.from(), terms, arguments);
        time(report, time, "<", f.to().map(d -> d.plusDays(1)), terms, arguments);
        equal(report, has, "gateway", f.gateway(), terms, arguments);
        equal(report, has, "meter", f.meter(), terms, arguments);
        f.scope().ifPresent(meters -> {
            require(report, has, "meter");
            terms.add("meter = ANY (?)");
            arguments.add(meters);
        });
        return terms.isEmpty() ? "" : " WHERE " + String.join(" AND ", terms);
    }

    private void time(
            Report report, String column, String sign, Optional<LocalDate> day, List<String> terms, List<Object> args) {
        if (day.isEmpty()) {
            return;
        }
        if (column.isEmpty()) {
            throw new NoSuchFilter("report " + report.id() + " tells how things are now: it has no from and to");
        }
        terms.add(column + " " + sign + " ?");
        args.add(
                column.equals("day")
                        ? Date.valueOf(day.get())
                        : day.get().atStartOfDay(zone).toInstant().atOffset(ZoneOffset.UTC));
    }

    private static void equal(
            Report report, Set<String> has, String column, String value, List<String> terms, List<Object> arguments) {
        if (!value.isEmpty()) {
            require(report, has, column);
            terms.add(column + " = ?");
            arguments.add(value);
        }
    }

    private static void require(Report report, Set<String> has, String column) {
        if (!has.contains(column)) {
            throw new NoSuchFilter("report " + report.id() + " has no " + column + " in this form: ask for its rows");
        }
    }

    private DataSource source(Report report) {
        return report.base() == Report.Base.SMMC ? smmc : legacy;
    }
}
