package org.telar.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How a command gives its data: a table for people, or versioned JSON or CSV for programs. stdout only. */
public final class Output {
    /** Of the JSON form; raised when a field changes its meaning or goes. */
    static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    static final class Form {
        @Option(names = "--json", descriptionKey = "option.json")
        boolean json;

        @Option(names = "--csv", descriptionKey = "option.csv")
        boolean csv;
    }

    @ArgGroup
    Form form = new Form();

    private Texts texts;
    private PrintStream out = System.out;

    void to(PrintStream stream, Texts words) {
        out = stream;
        texts = words;
    }

    public boolean json() {
        return form != null && form.json;
    }

    public boolean csv() {
        return form != null && form.csv;
    }

    /** The stream itself, for an answer that is passed on as it comes. */
    public PrintStream stream() {
        return out;
    }

    /**
     * Many things.
     *
     * @param kind name of the JSON form, for example {@code legacy.files}
     * @param answer a page with {@code items} and {@code total}, or an array
     * @param columns paths into each item, joined by a dot; the table's headings and the CSV's first line
     */
    public void list(String kind, JsonNode answer, List<String> columns) {
        JsonNode items = answer.isArray() ? answer : answer.path("items");
        if (json()) {
            ObjectNode root = root(kind);
            if (answer.has("total")) {
                root.set("total", answer.get("total"));
            }
            root.set("items", items);
            print(root);
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode item : items) {
            rows.add(columns.stream().map(c -> text(at(item, c))).toList());
        }
        if (csv()) {
            csv(columns, rows);
        } else {
            table(columns.stream().map(texts::heading).toList(), rows);
        }
    }

    /** One thing: a line for each field. */
    public void item(String kind, JsonNode item, List<String> fields) {
        if (json()) {
            ObjectNode root = root(kind);
            root.set("item", item);
            print(root);
        } else if (csv()) {
            csv(fields, List.of(fields.stream().map(f -> text(at(item, f))).toList()));
        } else {
            int width = fields.stream()
                    .mapToInt(f -> texts.heading(f).length())
                    .max()
                    .orElse(0);
            for (String f : fields) {
                String value = text(at(item, f));
                if (!value.isEmpty()) {
                    out.println(pad(texts.heading(f), width) + "  " + value);
                }
            }
        }
    }

    private ObjectNode root(String kind) {
        return JSON.createObjectNode().put("version", VERSION).put("kind", kind);
    }

    private void print(JsonNode node) {
        try {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode at(JsonNode item, String column) {
        JsonNode node = item;
        for (String step : column.split("\\.")) {
            node = node.path(step);
        }
        return node;
    }

    /** Control characters of what others wrote must not reach a terminal. */
    private static String text(JsonNode node) {
        String text =
                node.isValueNode() && !node.isNull() ? node.asText() : node.isContainerNode() ? node.toString() : "";
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private void csv(List<String> columns, List<List<String>> rows) {
        out.print(line(columns));
        rows.forEach(r -> out.print(line(r)));
    }

    /** RFC 4180. */
    private static String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            boolean quoted = cell.indexOf(',') >= 0 || cell.indexOf('"') >= 0;
            line.append(i == 0 ? "" : ",").append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        return line.append("\r\n").toString();
    }

    private void table(List<String> headings, List<List<String>> rows) {
        int[] width = new int[headings.size()];
        for (int i = 0; i < width.length; i++) {
            width[i] = headings.get(i).length();
            for (List<String> row : rows) {
                width[i] = Math.max(width[i], row.get(i).length());
            }
        }
        out.println(row(headings, width));
        rows.forEach(r -> out.println(row(r, width)));
    }

    private static String row(List<String> cells, int[] width) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            line.append(i == 0 ? "" : "  ").append(pad(cells.get(i), width[i]));
        }
        return line.toString().stripTrailing();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
