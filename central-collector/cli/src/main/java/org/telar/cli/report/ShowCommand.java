package org.telar.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code telar report show REPORT}: figures, or the rows behind them. CSV is all of it, as a stream. */
@Command(name = "show", mixinStandardHelpOptions = true)
final class ShowCommand extends ApiCommand {
    private static final int MAX = 1_000;

    @Parameters(paramLabel = "REPORT", descriptionKey = "parameter.report")
    private String report;

    @Option(names = "--rows", descriptionKey = "option.rows")
    private boolean rows;

    @Option(names = "--from", paramLabel = "DAY", descriptionKey = "option.from-day")
    private String from = "";

    @Option(names = "--to", paramLabel = "DAY", descriptionKey = "option.to-day")
    private String to = "";

    @Option(names = "--gateway", paramLabel = "ID", descriptionKey = "option.gateway")
    private String gateway = "";

    @Option(names = "--meter", paramLabel = "METER", descriptionKey = "option.meter")
    private String meter = "";

    @Option(names = "--limit", paramLabel = "N", descriptionKey = "option.limit")
    private int limit = 100;

    @Override
    protected int run(Api api, Output out) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("rows", Boolean.toString(rows));
        query.put("from", from);
        query.put("to", to);
        query.put("gateway", gateway);
        query.put("meter", meter);
        String path = "reports/" + Api.segment(report);
        if (out.csv()) {
            api.download(path + "/csv", query, "text/csv", out.stream());
            return Exit.OK;
        }
        query.put("size", Integer.toString(Math.max(1, Math.min(MAX, limit))));
        JsonNode answer = api.get(path, query);
        if (out.json()) {
            out.item("report." + answer.path("report").asText(), answer, List.of());
            return Exit.OK;
        }
        List<String> columns = new ArrayList<>();
        answer.path("columns").forEach(c -> columns.add(c.asText()));
        out.list("report", answer, columns);
        tell("report.as-of", answer.path("title").asText(), answer.path("asOf").asText());
        if (answer.path("more").asBoolean()) {
            tell("report.more");
        }
        return Exit.OK;
    }
}
