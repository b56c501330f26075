package org.telar.cli.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.DurationText;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code telar report subscribe PARTY REPORT...}: an interested party, its scope and how it is served. */
@Command(name = "subscribe", mixinStandardHelpOptions = true)
final class SubscribeCommand extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PARTY", descriptionKey = "parameter.party")
    private String party;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "REPORT", descriptionKey = "parameter.reports")
    private List<String> reports = new ArrayList<>();

    @Option(names = "--gateway", paramLabel = "ID", descriptionKey = "option.scope-gateway")
    private List<String> gateways = new ArrayList<>();

    @Option(names = "--meter", paramLabel = "METER", descriptionKey = "option.scope-meter")
    private List<String> meters = new ArrayList<>();

    @Option(names = "--every", paramLabel = "DURATION", descriptionKey = "option.every", converter = DurationText.class)
    private Optional<Duration> every = Optional.empty();

    @Option(names = "--automatic", descriptionKey = "option.automatic")
    private boolean automatic;

    @Option(names = "--days", paramLabel = "N", descriptionKey = "option.days")
    private int days = 2;

    @Option(names = "--target", paramLabel = "URL", descriptionKey = "option.target")
    private String target = "";

    @Option(names = "--party-token", paramLabel = "NAME", descriptionKey = "option.party-token")
    private String token = "";

    @Override
    protected int run(Api api, Output out) {
        if (automatic && every.isPresent()) {
            throw refuse(Exit.USAGE, "error.automatic-or-every");
        }
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("party", party).put("days", days).put("target", target).put("tokenFile", token);
        reports.forEach(request.putArray("reports")::add);
        gateways.forEach(request.putArray("gateways")::add);
        meters.forEach(request.putArray("meters")::add);
        String mode = automatic ? "automatic" : every.isPresent() ? "scheduled" : "on_request";
        request.put("mode", mode.toUpperCase(Locale.ROOT));
        every.ifPresent(e -> request.put("every", e.toString()));
        JsonNode made = api.post("reports/subscriptions", request.toString());
        out.item("report.subscription", made, List.of("id", "party", "mode", "every", "days", "target"));
        return Exit.OK;
    }
}
