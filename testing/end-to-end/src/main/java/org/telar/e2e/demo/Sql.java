package org.telar.e2e.demo;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import org.telar.harness.CollectorProcess;
import org.telar.harness.HarnessException;
import org.telar.harness.Installation;
import org.telar.harness.LegacyExport;

/** {@code telar sql}: asks the Legacy database of a running demo, for machines without psql. Read only. */
public final class Sql {
    private static final int MAX_ROWS = 1000;

    private Sql() {}

    /** {@code [--data DIR] [--smmc] ['SELECT ...']}; without a query it lists the tables. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String... args) {
        String query = "";
        String database = "legacy";
        try {
            Path data = Installation.find().home().resolve(".telar/demo");
            for (int i = 0; i < args.length; i++) {
                if (args[i].equals("--data") && i + 1 < args.length) {
                    data = Path.of(args[++i]).toAbsolutePath().normalize();
                } else if (args[i].equals("--smmc")) {
                    database = "smmc";
                } else if (args[i].startsWith("--") || !query.isEmpty()) {
                    System.err.println("usage: telar sql [--data DIR] [--smmc] ['SELECT ...']");
                    return Demo.USAGE;
                } else {
                    query = args[i];
                }
            }
            try (Connection c = CollectorProcess.connect(data.resolve("collector"), port(data), database)) {
                print(c, query);
            }
            return Demo.OK;
        } catch (HarnessException e) {
            System.err.println("telar sql: " + e.getMessage() + " Is a demo running there?");
            return e.exitCode();
        } catch (SQLException e) {
            System.err.println("telar sql: " + e.getMessage());
            return HarnessException.UNEXPECTED;
        }
    }

    /** The port stands in the cluster's lock file while the server runs. */
    private static int port(Path data) throws HarnessException {
        Path file = data.resolve("collector/postgres/cluster/postmaster.pid");
        try {
            return Integer.parseInt(
                    java.nio.file.Files.readAllLines(file).get(3).strip());
        } catch (java.io.IOException | RuntimeException e) {
            throw new HarnessException(HarnessException.PRECONDITION, "No database is running in " + data + ".", e);
        }
    }

    private static void print(Connection c, String query) throws SQLException {
        if (query.isEmpty()) {
            System.out.println(LegacyExport.tables(c));
            return;
        }
        try (Statement s = c.createStatement()) {
            s.setMaxRows(MAX_ROWS);
            try (ResultSet r = s.executeQuery(query)) {
                ResultSetMetaData meta = r.getMetaData();
                List<String> names = new ArrayList<>();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    names.add(meta.getColumnLabel(i));
                }
                System.out.println(String.join("\t", names));
                while (r.next()) {
                    List<String> cells = new ArrayList<>();
                    for (int i = 1; i <= names.size(); i++) {
                        cells.add(String.valueOf(r.getString(i)));
                    }
                    System.out.println(String.join("\t", cells));
                }
            }
        }
    }
}
