package org.telar.cli.fleet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import org.telar.cli.Paging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code telar events}: what happened, newest first (R33, R34). */
@Command(name = "events", mixinStandardHelpOptions = true)
public final class EventsCommand extends ApiCommand {
    @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.gateway")
    private String gateway = "";

    @Option(names = "--meter", paramLabel = "METER", descriptionKey = "option.meter")
    private String meter = "";

    @Option(names = "--code", paramLabel = "CODE", descriptionKey = "option.event-code")
    private String code = "";

    @Option(names = "--severity", paramLabel = "SEVERITY", descriptionKey = "option.severity")
    private String severity = "";

    @Option(names = "--from", paramLabel = "INSTANT", descriptionKey = "option.from")
    private String from = "";

    @Option(names = "--to", paramLabel = "INSTANT", descriptionKey = "option.to")
    private String to = "";

    @Mixin
    private Paging paging = new Paging();

    @Override
    protected int run(Api api, Output out) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("gateway", gateway);
        query.put("meter", meter);
        query.put("code", code.toUpperCase(Locale.ROOT));
        query.put("severity", severity.toUpperCase(Locale.ROOT));
        query.put("from", from);
        query.put("to", to);
        out.list(
                "events",
                paging.fetch(api, "events", query),
                List.of("at", "severity", "code", "gateway", "meter", "text"));
        return Exit.OK;
    }
}
