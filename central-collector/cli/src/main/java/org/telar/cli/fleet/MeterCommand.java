package org.telar.cli.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Group;
import org.telar.cli.Output;
import org.telar.cli.Paging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Meters of the registry. */
@Command(
        name = "meter",
        subcommands = {
            MeterCommand.ListCommand.class,
            MeterCommand.ShowCommand.class,
            MeterCommand.ImportCommand.class,
            MeterCommand.StateCommand.class
        })
public final class MeterCommand extends Group {
    private static final List<String> FIELDS = List.of(
            "number",
            "state",
            "gateway",
            "model",
            "zone",
            "identity",
            "ratio",
            "reachability",
            "lastContact",
            "newestSample");

    /** {@code telar meter list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.gateway")
        private String gateway = "";

        @Option(names = "--state", paramLabel = "STATE", descriptionKey = "option.meter-state")
        private String state = "";

        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            JsonNode meters =
                    paging.fetch(api, "meters", Map.of("gateway", gateway, "state", state.toUpperCase(Locale.ROOT)));
            out.list("meter.list", meters, FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar meter show METER}. */
    @Command(name = "show", mixinStandardHelpOptions = true)
    static final class ShowCommand extends ApiCommand {
        @Parameters(paramLabel = "METER", descriptionKey = "parameter.meter")
        private String meter;

        @Override
        protected int run(Api api, Output out) {
            out.item("meter", api.get("meters/" + Api.segment(meter)), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar meter import FILE}: each line by itself. */
    @Command(name = "import", mixinStandardHelpOptions = true)
    static final class ImportCommand extends ApiCommand {
        @Parameters(paramLabel = "FILE", descriptionKey = "parameter.meter-file")
        private Path file;

        @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.import-gateway")
        private String gateway = "";

        @Option(names = "--dry-run", descriptionKey = "option.dry-run")
        private boolean dryRun;

        @Override
        protected int run(Api api, Output out) {
            byte[] csv;
            try {
                csv = Files.readAllBytes(file);
            } catch (IOException e) {
                throw refuse(Exit.PRECONDITION, "error.file", file, e.getMessage());
            }
            JsonNode report =
                    api.post("meters/import?dryRun=" + dryRun + "&gateway=" + Api.segment(gateway), "text/csv", csv);
            if (out.json()) {
                out.item("meter.import", report, List.of());
            } else {
                out.list("meter.import.errors", report.path("errors"), List.of("line", "error"));
            }
            tell(
                    dryRun ? "import.dry" : "import.done",
                    report.path("created").asLong(),
                    report.path("updated").asLong(),
                    report.path("refused").asLong());
            return report.path("refused").asLong() > 0 ? Exit.PARTIAL : Exit.OK;
        }
    }

    /** {@code telar meter state METER STATE}. */
    @Command(name = "state", mixinStandardHelpOptions = true)
    static final class StateCommand extends ApiCommand {
        @Parameters(index = "0", paramLabel = "METER", descriptionKey = "parameter.meter")
        private String meter;

        @Parameters(index = "1", paramLabel = "STATE", descriptionKey = "option.meter-state")
        private String state;

        @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.bind-gateway")
        private String gateway = "";

        @Override
        protected int run(Api api, Output out) {
            Body body = new Body().with("state", state.toUpperCase(Locale.ROOT)).with("gateway", gateway);
            out.item("meter", api.post("meters/" + Api.segment(meter) + "/state", body.text()), FIELDS);
            return Exit.OK;
        }
    }
}
