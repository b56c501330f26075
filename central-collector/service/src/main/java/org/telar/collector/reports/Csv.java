package org.telar.collector.reports;

import java.io.IOException;
import java.io.Writer;

/** Lines of CSV by RFC 4180; a cell that a spreadsheet would run as a formula is made a text. */
final class Csv {
    private Csv() {}

    static void line(Writer out, Object... cells) throws IOException {
        for (int i = 0; i < cells.length; i++) {
            if (i > 0) {
                out.write(',');
            }
            String cell = String.valueOf(cells[i]);
            if (!(cells[i] instanceof Number) && !cell.isEmpty() && "=+-@\t\r".indexOf(cell.charAt(0)) >= 0) {
                cell = "'" + cell;
            }
            boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            out.write(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        out.write("\r\n");
    }
}
