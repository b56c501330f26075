package org.telar.collector.plans;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;
import org.telar.contract.Order;

/**
 * Meters of a plan: given as lines of any number, checked against the registry by one statement, taken or refused each
 * for itself (R72). Thread-safe; joins the caller's transaction.
 */
@Component
class PlanMembers {
    private static final int LONGEST_NUMBER = 64;
    private static final int BUFFER = 1 << 16;
    private static final String NUMBER_FORM = "^[A-Za-z0-9._-]{1,32}$";

    private final JdbcTemplate jdbc;
    private final DataSource database;

    /** @param unable meters that can do none of the commands */
    record Settled(long lines, long members, long refused, long duplicates, long unknown, long unable) {}

    PlanMembers(JdbcTemplate jdbc, DataSource smmcDataSource) {
        this.jdbc = jdbc;
        this.database = smmcDataSource;
    }

    /**
     * Takes meter numbers, one a line, what follows a comma or semicolon left out; they replace those given before.
     *
     * @return lines taken
     */
    int stage(String plan, BufferedReader lines) throws IOException {
        jdbc.update("DELETE FROM plan_stage WHERE plan_id = ?", plan);
        Connection connection = DataSourceUtils.getConnection(database);
        CopyIn copy = null;
        try {
            copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY plan_stage (plan_id, ord, meter_no) FROM STDIN");
            int n = copy(plan, lines, copy);
            copy.endCopy();
            return n;
        } catch (SQLException e) {
            throw new IllegalStateException("the meters of plan " + plan + " cannot be stored", e);
        } finally {
            abandon(copy);
            DataSourceUtils.releaseConnection(connection, database);
        }
    }

    private static void abandon(CopyIn copy) {
        try {
            if (copy != null && copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException rolledBackAnyway) {
            // The transaction ends with the exception that brought us here.
        }
    }

    private static int copy(String plan, BufferedReader lines, CopyIn copy) throws IOException, SQLException {
        StringBuilder buffer = new StringBuilder(BUFFER + 256);
        int n = 0;
        boolean first = true;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String number = number(line);
            boolean header = first && number.equalsIgnoreCase("meter");
            first = false;
            if (number.isEmpty() || header) {
                continue;
            }
            buffer.append(plan)
                    .append('\t')
                    .append(++n)
                    .append('\t')
                    .append(number)
                    .append('\n');
            if (buffer.length() > BUFFER) {
                flush(buffer, copy);
            }
        }
        flush(buffer, copy);
        return n;
    }

    private static void flush(StringBuilder buffer, CopyIn copy) throws SQLException {
        byte[] bytes = buffer.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        buffer.setLength(0);
    }

    /** The first field, harmless in COPY's text form. */
    private static String number(String line) {
        int end = 0;
        while (end < line.length() && ",;\t".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        String text = line.substring(0, end).strip();
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        String bounded = text.length() > LONGEST_NUMBER ? text.substring(0, LONGEST_NUMBER) : text;
        return bounded.replace('\\', '/').replace("\u0000", "").replace('\r', ' ');
    }

    long staged(String plan) {
        return number("SELECT count(*) FROM plan_stage WHERE plan_id = ?", plan);
    }

    /** Turns the given numbers into members and refusals. */
    Settled settle(String plan, PlanSpec spec) {
        long lines = staged(plan);
        jdbc.execute("ANALYZE plan_stage");
        String refuse = "INSERT INTO plan_refusal (plan_id, ord, command, meter_no, code) ";
        long unknown = jdbc.update(
                refuse + "SELECT s.plan_id, s.ord, -1, s.meter_no, CASE WHEN s.meter_no ~ '" + NUMBER_FORM
                        + "' THEN 'UNKNOWN_METER' ELSE 'METER_NUMBER' END FROM plan_stage s WHERE s.plan_id = ?"
                        + " AND NOT EXISTS (SELECT 1 FROM meter m WHERE m.meter_no = s.meter_no AND m.state <> 'REMOVED')",
                plan);
        String given = "SELECT DISTINCT ON (m.meter_id) s.ord, m.meter_id, m.meter_no, m.gateway_id, "
                + mask(spec.commands()) + " AS commands FROM plan_stage s JOIN meter m ON m.meter_no = s.meter_no"
                + " LEFT JOIN meter_model k ON k.model = m.model WHERE s.plan_id = ? AND m.state <> 'REMOVED'"
                + " ORDER BY m.meter_id, s.ord";
        int all = (1 << spec.commands().size()) - 1;
        long partly = jdbc.update(
                refuse + "SELECT ?, g.ord, c.i, g.meter_no, 'UNSUPPORTED' FROM (" + given + ") g"
                        + " CROSS JOIN generate_series(0, ?) AS c(i) WHERE g.commands <> ? AND (g.commands >> c.i) & 1 = 0",
                plan,
                plan,
                spec.commands().size() - 1,
                all);
        long members = insert(plan, given, spec.order(), plan);
        long known = number(
                "SELECT count(DISTINCT s.meter_no) FROM plan_stage s JOIN meter m ON m.meter_no = s.meter_no"
                        + " WHERE s.plan_id = ? AND m.state <> 'REMOVED'",
                plan);
        jdbc.update("DELETE FROM plan_stage WHERE plan_id = ?", plan);
        jdbc.execute("ANALYZE plan_member");
        return new Settled(lines, members, unknown + partly, lines - unknown - known, unknown, known - members);
    }

    /** Chooses the members of a plan with a filter anew. @return how many */
    long choose(String plan, PlanSpec spec) {
        MeterFilter f = spec.filter().orElseThrow();
        jdbc.update("DELETE FROM plan_member WHERE plan_id = ?", plan);
        jdbc.update("DELETE FROM plan_refusal WHERE plan_id = ?", plan);
        Object[] filter = {
            f.gateway(), f.gateway(), f.model(), f.model(), f.zone(), f.zone(), f.mode(), f.mode(), f.plan(), f.plan()
        };
        String given = "SELECT m.meter_id AS ord, m.meter_id, m.meter_no, m.gateway_id, " + mask(spec.commands())
                + " AS commands FROM meter m LEFT JOIN meter_model k ON k.model = m.model"
                + " WHERE m.state = 'COMMISSIONED' AND (? = '' OR m.gateway_id = ?) AND (? = '' OR m.model = ?)"
                + " AND (? = '' OR m.zone = ?) AND (? = '' OR m.mode = ?) AND (? = '' OR m.plan = ?)";
        int all = (1 << spec.commands().size()) - 1;
        Object[] refusal = new Object[filter.length + 3];
        refusal[0] = plan;
        System.arraycopy(filter, 0, refusal, 1, filter.length);
        refusal[filter.length + 1] = spec.commands().size() - 1;
        refusal[filter.length + 2] = all;
        jdbc.update(
                "INSERT INTO plan_refusal (plan_id, ord, command, meter_no, code) SELECT ?, g.ord, c.i, g.meter_no,"
                        + " 'UNSUPPORTED' FROM (" + given + ") g CROSS JOIN generate_series(0, ?) AS c(i)"
                        + " WHERE g.commands <> ? AND (g.commands >> c.i) & 1 = 0",
                refusal);
        return insert(plan, given, spec.order(), filter);
    }

    private long insert(String plan, String given, PlanSpec.Ordering order, Object... arguments) {
        String by =
                switch (order) {
                    case GIVEN -> "g.ord";
                    case METER -> "g.meter_no";
                    case GATEWAY -> "g.gateway_id NULLS FIRST, g.meter_no";
                };
        Object[] all = new Object[arguments.length + 1];
        all[0] = plan;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return jdbc.update(
                "INSERT INTO plan_member (plan_id, ord, meter_id, commands) SELECT ?, row_number() OVER (ORDER BY " + by
                        + "), g.meter_id, g.commands FROM (" + given + ") g WHERE g.commands <> 0",
                all);
    }

    /** Bits of the commands a meter can do; RUN_N2PLOAD is the concentrator's. */
    private static String mask(List<PlanCommand> commands) {
        StringBuilder sql = new StringBuilder("(0");
        for (int i = 0; i < commands.size(); i++) {
            Order.Type type = commands.get(i).type();
            String can = commands.get(i).loads()
                    ? "m.mode = 'CONCENTRATED'"
                    : "coalesce(m.capabilities, k.capabilities) IS NULL OR '" + type
                            + "' = ANY (coalesce(m.capabilities, k.capabilities))";
            sql.append(" + CASE WHEN ")
                    .append(can)
                    .append(" THEN ")
                    .append(1 << i)
                    .append(" ELSE 0 END");
        }
        return sql.append(')').toString();
    }

    private long number(String sql, Object... arguments) {
        Long n = jdbc.queryForObject(sql, Long.class, arguments);
        return n == null ? 0 : n;
    }
}
