package org.telar.cli.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

/** N2PLoad: loads of a concentrator's meters, and what is missing (R24, R25, D12). */
@Command(
        name = "n2pload",
        subcommands = {
            LoadCommand.RunCommand.class,
            LoadCommand.ListCommand.class,
            LoadCommand.ShowCommand.class,
            LoadCommand.GapsCommand.class
        })
public final class LoadCommand extends Group {
    private static final List<String> FIELDS = List.of(
            "run",
            "gateway",
            "origin",
            "state",
            "orderedAt",
            "deadline",
            "started",
            "finished",
            "judgedAt",
            "complete",
            "counts.NEW",
            "counts.NOTHING_NEW",
            "counts.PROFILE_STALE",
            "counts.NOT_REACHED",
            "detail");
    private static final List<String> METERS =
            List.of("meter", "outcome", "lastContact", "newest", "newValues", "newRegisters", "ko", "detail");

    private static int show(Output out, JsonNode run) {
        out.item("n2pload.run", run, FIELDS);
        if (!out.json() && !out.csv() && !run.path("meters").isEmpty()) {
            out.stream().println();
            out.list("n2pload.meters", run.path("meters"), METERS);
        }
        boolean whole = run.path("complete").asBoolean(true)
                && run.path("counts").path("NOT_REACHED").asLong() == 0
                && run.path("counts").path("PROFILE_STALE").asLong() == 0;
        return whole ? Exit.OK : Exit.PARTIAL;
    }

    /** {@code telar n2pload run GATEWAY}. */
    @Command(name = "run", mixinStandardHelpOptions = true)
    static final class RunCommand extends ApiCommand {
        @Parameters(paramLabel = "GATEWAY", descriptionKey = "option.gateway")
        private String gateway;

        @Option(names = "--wait", descriptionKey = "option.wait-run")
        private boolean wait;

        @Override
        protected int run(Api api, Output out) throws InterruptedException {
            JsonNode begun = api.post("gateways/" + Api.segment(gateway) + "/n2pload", "{}");
            String id = begun.path("run").asText();
            if (!wait) {
                out.item("n2pload.run", begun, FIELDS);
                return Exit.OK;
            }
            tell("n2pload.begun", id);
            JsonNode[] last = {begun};
            await(id, () -> {
                last[0] = api.get("n2pload/runs/" + Api.segment(id));
                return last[0].hasNonNull("judgedAt");
            });
            return show(out, last[0]);
        }
    }

    /** {@code telar n2pload list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.gateway")
        private String gateway = "";

        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            JsonNode runs = paging.fetch(api, "n2pload/runs", Map.of("gateway", gateway));
            out.list(
                    "n2pload.runs",
                    runs,
                    List.of("run", "gateway", "origin", "state", "orderedAt", "judgedAt", "complete"));
            return Exit.OK;
        }
    }

    /** {@code telar n2pload show RUN}. */
    @Command(name = "show", mixinStandardHelpOptions = true)
    static final class ShowCommand extends ApiCommand {
        @Parameters(paramLabel = "RUN", descriptionKey = "parameter.run")
        private String run;

        @Override
        protected int run(Api api, Output out) {
            return show(out, api.get("n2pload/runs/" + Api.segment(run)));
        }
    }

    /** {@code telar n2pload gaps}: what is missing, since when and why. */
    @Command(name = "gaps", mixinStandardHelpOptions = true)
    static final class GapsCommand extends ApiCommand {
        @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.gateway")
        private String gateway = "";

        @Option(names = "--from", paramLabel = "INSTANT", descriptionKey = "option.from")
        private String from = "";

        @Option(names = "--to", paramLabel = "INSTANT", descriptionKey = "option.to")
        private String to = "";

        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            Instant now = Instant.now();
            JsonNode gaps = paging.fetch(
                    api,
                    "gaps",
                    Map.of(
                            "gateway", gateway,
                            "from",
                                    from.isEmpty()
                                            ? now.minus(Duration.ofDays(45)).toString()
                                            : from,
                            "to", to.isEmpty() ? now.plus(Duration.ofDays(1)).toString() : to));
            out.list("n2pload.gaps", gaps, List.of("meter", "group", "from", "to", "cause", "detail", "firstSeen"));
            return gaps.path("total").asLong() == 0 ? Exit.OK : Exit.PARTIAL;
        }
    }
}
