package org.telar.cli.legacy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import org.telar.cli.Paging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code telar legacy files}: the journal's files, newest first. */
@Command(name = "files", mixinStandardHelpOptions = true)
final class FilesCommand extends ApiCommand {
    static final List<String> COLUMNS = List.of(
            "id",
            "name",
            "state",
            "warn",
            "code",
            "values",
            "loaded",
            "duplicates",
            "conflicts",
            "missing",
            "quarantinedBlocks",
            "attempts",
            "createdAt",
            "loadedAt",
            "reason");

    @Option(names = "--state", paramLabel = "STATE", descriptionKey = "option.file-state")
    private String state = "";

    @Option(names = "--text", paramLabel = "TEXT", descriptionKey = "option.file-text")
    private String text = "";

    @Option(names = "--from", paramLabel = "INSTANT", descriptionKey = "option.from")
    private String from = "";

    @Option(names = "--to", paramLabel = "INSTANT", descriptionKey = "option.to")
    private String to = "";

    @Mixin
    private Paging paging = new Paging();

    @Override
    protected int run(Api api, Output out) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("state", state.toUpperCase(java.util.Locale.ROOT));
        query.put("text", text);
        query.put("from", from);
        query.put("to", to);
        JsonNode files = paging.fetch(api, "legacy/files", query);
        out.list("legacy.files", files, COLUMNS);
        return Exit.OK;
    }
}
