package org.telar.cli.legacy;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code telar legacy quarantine}: what a person must look at. */
@Command(name = "quarantine", mixinStandardHelpOptions = true)
final class QuarantineCommand extends ApiCommand {
    static final List<String> BLOCKS =
            List.of("id", "file", "meter", "readingType", "kind", "code", "at", "replayedAt", "reason");
    private static final List<String> FILES = List.of("id", "name", "state", "code", "attempts", "createdAt", "reason");

    @Option(names = "--blocks", descriptionKey = "option.blocks")
    private boolean blocks;

    @Override
    protected int run(Api api, Output out) {
        JsonNode aside = api.get("legacy/quarantine");
        if (out.json()) {
            out.item("legacy.quarantine", aside, List.of());
        } else if (out.csv()) {
            out.list("legacy.quarantine", aside.path(blocks ? "blocks" : "files"), blocks ? BLOCKS : FILES);
        } else {
            if (!blocks) {
                out.list("legacy.quarantine", aside.path("files"), FILES);
                out.stream().println();
            }
            out.list("legacy.quarantine", aside.path("blocks"), BLOCKS);
        }
        tell(
                "quarantine.sum",
                aside.path("files").size(),
                aside.path("totalBlocks").asLong());
        return Exit.OK;
    }
}
