package org.telar.cli.legacy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import org.telar.cli.Paging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code telar legacy journal}: every CIM message, in and out. */
@Command(name = "journal", mixinStandardHelpOptions = true)
final class JournalCommand extends ApiCommand {
    private static final List<String> COLUMNS = List.of(
            "id",
            "at",
            "direction",
            "channel",
            "verb",
            "noun",
            "source",
            "messageId",
            "correlationId",
            "result",
            "code",
            "reason");

    @Option(names = "--message", paramLabel = "ID", descriptionKey = "option.message")
    private String message = "";

    @Option(names = "--order", paramLabel = "ID", descriptionKey = "option.order")
    private String order = "";

    @Option(names = "--meter", paramLabel = "METER", descriptionKey = "option.meter")
    private String meter = "";

    @Option(names = "--direction", paramLabel = "IN|OUT", descriptionKey = "option.direction")
    private String direction = "";

    @Option(names = "--noun", paramLabel = "NOUN", descriptionKey = "option.noun")
    private String noun = "";

    @Mixin
    private Paging paging = new Paging();

    @Override
    protected int run(Api api, Output out) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("messageId", message);
        query.put("order", order);
        query.put("meter", meter);
        query.put("direction", direction.toUpperCase(java.util.Locale.ROOT));
        query.put("noun", noun);
        out.list("legacy.journal", paging.fetch(api, "cim/messages", query), COLUMNS);
        return Exit.OK;
    }
}
