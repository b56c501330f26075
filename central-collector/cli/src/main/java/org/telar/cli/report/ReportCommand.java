package org.telar.cli.report;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Group;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Reports. */
@Command(
        name = "report",
        subcommands = {
            ReportCommand.ListCommand.class,
            ShowCommand.class,
            ReportCommand.StoreCommand.class,
            ReportCommand.DumpCommand.class,
            SubscribeCommand.class,
            ReportCommand.SubscriptionsCommand.class,
            ReportCommand.UnsubscribeCommand.class,
            ReportCommand.DeliverCommand.class,
            ReportCommand.DeliveriesCommand.class
        })
public final class ReportCommand extends Group {

    /** {@code telar report list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Override
        protected int run(Api api, Output out) {
            out.list("report.list", api.get("reports"), List.of("number", "id", "title"));
            return Exit.OK;
        }
    }

    /** {@code telar report store}: the data store, now. */
    @Command(name = "store", mixinStandardHelpOptions = true)
    static final class StoreCommand extends ApiCommand {
        @Override
        protected int run(Api api, Output out) {
            JsonNode run = api.post("reports/store", "");
            out.item("report.store", run, List.of("started", "ended", "extracted", "stored", "rejected"));
            return run.path("rejected").asLong() > 0 ? Exit.PARTIAL : Exit.OK;
        }
    }

    /** {@code telar report dump DAY}. */
    @Command(name = "dump", mixinStandardHelpOptions = true)
    static final class DumpCommand extends ApiCommand {
        @Parameters(paramLabel = "DAY", descriptionKey = "parameter.day")
        private String day;

        @Override
        protected int run(Api api, Output out) {
            JsonNode written = api.post("reports/dump?day=" + Api.segment(day), "");
            out.item("report.dump", written, List.of("path", "files", "bytes", "samples", "closings"));
            return Exit.OK;
        }
    }

    /** {@code telar report subscriptions}. */
    @Command(name = "subscriptions", mixinStandardHelpOptions = true)
    static final class SubscriptionsCommand extends ApiCommand {
        @Override
        protected int run(Api api, Output out) {
            out.list(
                    "report.subscriptions",
                    api.get("reports/subscriptions"),
                    List.of(
                            "id",
                            "party",
                            "reports",
                            "gateways",
                            "meters",
                            "mode",
                            "every",
                            "days",
                            "target",
                            "nextAt"));
            return Exit.OK;
        }
    }

    /** {@code telar report unsubscribe ID}. */
    @Command(name = "unsubscribe", mixinStandardHelpOptions = true)
    static final class UnsubscribeCommand extends ApiCommand {
        @Parameters(paramLabel = "ID", descriptionKey = "parameter.subscription")
        private String id;

        @Override
        protected int run(Api api, Output out) {
            out.item("report.unsubscribe", api.delete("reports/subscriptions/" + Api.segment(id)), List.of("id"));
            return Exit.OK;
        }
    }

    /** {@code telar report deliver ID}: on request. */
    @Command(name = "deliver", mixinStandardHelpOptions = true)
    static final class DeliverCommand extends ApiCommand {
        @Parameters(paramLabel = "ID", descriptionKey = "parameter.subscription")
        private String id;

        @Override
        protected int run(Api api, Output out) {
            JsonNode asked = api.post("reports/subscriptions/" + Api.segment(id) + "/deliver", "");
            out.item("report.deliver", asked, List.of("delivery"));
            return Exit.OK;
        }
    }

    /** {@code telar report deliveries}. */
    @Command(name = "deliveries", mixinStandardHelpOptions = true)
    static final class DeliveriesCommand extends ApiCommand {
        @picocli.CommandLine.Option(names = "--party", paramLabel = "PARTY", descriptionKey = "option.party")
        private String party = "";

        @picocli.CommandLine.Mixin
        private org.telar.cli.Paging paging = new org.telar.cli.Paging();

        @Override
        protected int run(Api api, Output out) {
            out.list(
                    "report.deliveries",
                    paging.fetch(api, "reports/deliveries", java.util.Map.of("party", party)),
                    List.of(
                            "id",
                            "party",
                            "cause",
                            "state",
                            "attempts",
                            "requestedAt",
                            "finishedAt",
                            "from",
                            "to",
                            "files",
                            "bytes",
                            "error"));
            return Exit.OK;
        }
    }
}
