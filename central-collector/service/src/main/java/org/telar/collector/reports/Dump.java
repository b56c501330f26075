package org.telar.collector.reports;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.loader.LegacyExport;

/**
 * The one-way dump of one local day for a data operator or authority (R11, report 14 of the design): every sample and
 * closing as CSV, the day's statistics as CSV and XML, the reports, and the CIM XML files that were archived that day,
 * with manifest and hashes. It only writes; nothing is read back. Thread-safe.
 */
public final class Dump {
    private static final List<Report> REPORTS =
            Stream.of(Report.values()).filter(r -> r != Report.AUDIT).toList();

    private final DataSource smmc;
    private final ReportReader reader;
    private final LegacyExport export;
    private final LegacyFolder cim;
    private final ZoneId zone;
    private final Clock clock;

    /** What was written. */
    public record Written(String path, int files, long bytes, long samples, long closings) {}

    Dump(DataSource smmc, ReportReader reader, LegacyExport export, LegacyFolder cim, ZoneId zone, Clock clock) {
        this.smmc = smmc;
        this.reader = reader;
        this.export = export;
        this.cim = cim;
        this.zone = zone;
        this.clock = clock;
    }

    /** Writes {@code dump-DAY} below a folder; one that is there is replaced when the new one is whole. */
    public synchronized Written write(LocalDate day, Path folder) throws IOException {
        String name = name(day);
        Instant from = day.atStartOfDay(zone).toInstant();
        Instant to = day.plusDays(1).atStartOfDay(zone).toInstant();
        try (Outbound out = new Outbound(folder, name)) {
            out.file("samples.csv", o -> sql(() -> export.samples(from, to, o)));
            out.file("closings.csv", o -> sql(() -> export.closings(from, to, o)));
            out.file("statistics.csv", o -> statistics(day, false, o));
            out.file("statistics.xml", o -> statistics(day, true, o));
            ReportFilter filter = new ReportFilter(Optional.of(day), Optional.of(day), "", "", Optional.empty());
            for (Report report : REPORTS) {
                out.file(
                        "reports/" + report.id() + ".csv",
                        o -> sql(() -> reader.csv(report, false, reader.fitting(report, false, filter), o)));
            }
            archived(day, out);
            long samples = out.files().get(0).rows();
            long closings = out.files().get(1).rows();
            int files = out.files().size();
            long bytes = out.bytes();
            out.show(
                    name,
                    Map.of(
                            "version", 1,
                            "day", day.toString(),
                            "zone", zone.getId(),
                            "from", from.toString(),
                            "to", to.toString(),
                            "asOf", clock.instant().toString()));
            return new Written(folder.resolve(name).toString(), files, bytes, samples, closings);
        }
    }

    static String name(LocalDate day) {
        return "dump-" + day;
    }

    /** The archive is by UTC day. */
    private void archived(LocalDate day, Outbound out) throws IOException {
        Path folder = cim.archive().resolve(day.toString());
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file :
                    all.filter(f -> f.toString().endsWith(".xml.gz")).sorted().toList()) {
                out.file("cim/" + file.getFileName(), o -> {
                    Files.copy(file, o);
                    return -1;
                });
            }
        }
    }

    private long statistics(LocalDate day, boolean xml, OutputStream out) throws IOException {
        try (Connection db = smmc.getConnection();
                PreparedStatement query =
                        db.prepareStatement("SELECT day, gateway, mode, channel, unit, meters, present,"
                                + " expected, pct_present, energy, not_plain, flags FROM store.statistics WHERE day = ?"
                                + " ORDER BY gateway, mode, channel")) {
            query.setObject(1, day);
            try (ResultSet row = query.executeQuery()) {
                return xml ? xml(row, out) : csv(row, out);
            }
        } catch (SQLException e) {
            throw new IOException("statistics: " + e.getMessage(), e);
        } catch (XMLStreamException e) {
            throw new IOException("statistics.xml: " + e.getMessage(), e);
        }
    }

    private static long csv(ResultSet row, OutputStream out) throws SQLException, IOException {
        var text = new java.io.OutputStreamWriter(out, StandardCharsets.UTF_8);
        int n = row.getMetaData().getColumnCount();
        Object[] cells = new Object[n];
        for (int i = 0; i < n; i++) {
            cells[i] = row.getMetaData().getColumnLabel(i + 1);
        }
        Csv.line(text, cells);
        long rows = 0;
        while (row.next()) {
            for (int i = 0; i < n; i++) {
                cells[i] = row.getObject(i + 1) == null ? "" : row.getObject(i + 1);
            }
            Csv.line(text, cells);
            rows++;
        }
        text.flush();
        return rows;
    }

    private static long xml(ResultSet row, OutputStream out) throws SQLException, XMLStreamException {
        XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out, "UTF-8");
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("Statistics");
        xml.writeDefaultNamespace("urn:telar:statistics:1");
        int n = row.getMetaData().getColumnCount();
        long rows = 0;
        while (row.next()) {
            xml.writeStartElement("Row");
            for (int i = 1; i <= n; i++) {
                String value = row.getString(i);
                if (value != null) {
                    xml.writeAttribute(row.getMetaData().getColumnLabel(i), value);
                }
            }
            xml.writeEndElement();
            rows++;
        }
        xml.writeEndElement();
        xml.writeEndDocument();
        xml.flush();
        return rows;
    }

    private interface Query {
        long run() throws SQLException, IOException;
    }

    private static long sql(Query query) throws IOException {
        try {
            return query.run();
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
