package org.telar.cli.legacy;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code telar legacy show FILE}: one file with its blocks that were put aside. */
@Command(name = "show", mixinStandardHelpOptions = true)
final class ShowCommand extends ApiCommand {
    private static final List<String> FIELDS = List.of(
            "id",
            "name",
            "state",
            "warn",
            "code",
            "reason",
            "dataType",
            "messageId",
            "correlationId",
            "messageIndex",
            "source",
            "meters",
            "values",
            "loaded",
            "duplicates",
            "conflicts",
            "missing",
            "quarantined",
            "quarantinedBlocks",
            "redelivered",
            "attempts",
            "nextAt",
            "createdAt",
            "loadedAt",
            "archivedAt",
            "validatedAt",
            "sizeBytes",
            "sha256");

    @Parameters(paramLabel = "FILE", descriptionKey = "parameter.file")
    private String file;

    @Override
    protected int run(Api api, Output out) {
        JsonNode shown = api.get("legacy/files/" + Api.segment(file));
        if (out.json()) {
            out.item("legacy.file", shown, List.of());
            return Exit.OK;
        }
        out.item("legacy.file", shown.path("file"), FIELDS);
        if (!out.csv() && !shown.path("blocks").isEmpty()) {
            out.stream().println();
            out.list("legacy.blocks", shown.path("blocks"), QuarantineCommand.BLOCKS);
        }
        return Exit.OK;
    }
}
