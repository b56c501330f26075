package org.telar.cli.legacy;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;

/** {@code telar legacy lag}: what waits at each arrow, and how long the way took lately. */
@Command(name = "lag", mixinStandardHelpOptions = true)
final class LagCommand extends ApiCommand {
    @Override
    protected int run(Api api, Output out) {
        JsonNode lag = api.get("legacy/lag");
        if (out.json()) {
            out.item("legacy.lag", lag, List.of());
            return Exit.OK;
        }
        out.list("legacy.lag", lag.path("stages"), List.of("stage", "waiting", "oldestSeconds"));
        if (lag.path("loaded").asLong() > 0) {
            tell(
                    "lag.way",
                    lag.path("loaded").asText(),
                    lag.path("medianSeconds").asText(),
                    lag.path("p95Seconds").asText());
        }
        return Exit.OK;
    }
}
