package org.telar.cli.fleet;

import java.util.List;

import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;

/** {@code telar status}: how the collector is, in numbers. */
@Command(name = "status", mixinStandardHelpOptions = true)
public final class StatusCommand extends ApiCommand {
    @Override
    protected int run(Api api, Output out) {
        out.item(
                "status",
                api.get("status"),
                List.of(
                        "now",
                        "link.connected",
                        "link.gateways",
                        "link.gatewaysOnline",
                        "link.gatewayBacklogEntries",
                        "ingest.values",
                        "ingest.registers",
                        "ingest.lagSeconds",
                        "ingest.waiting",
                        "ingest.held",
                        "ingest.quarantined",
                        "metersByState",
                        "reachability",
                        "ordersByState",
                        "runsByState",
                        "openGaps",
                        "events",
                        "files.pendingWork",
                        "files.unsent"));
        return Exit.OK;
    }
}
