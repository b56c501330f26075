package org.telar.cli.legacy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.CliException;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code telar legacy reinject}: files and blocks that were put aside come back when their cause is gone. */
@Command(name = "reinject", mixinStandardHelpOptions = true)
final class ReinjectCommand extends ApiCommand {
    private static final List<String> COLUMNS = List.of("what", "id", "result", "code", "reason");
    private static final Set<String> OPEN = Set.of("WRITTEN", "VALIDATING");

    @Parameters(paramLabel = "FILE", arity = "0..*", descriptionKey = "parameter.files")
    private List<String> files = new ArrayList<>();

    @Option(names = "--block", paramLabel = "ID", descriptionKey = "option.block")
    private List<Long> blocks = new ArrayList<>();

    @Option(names = "--all-files", descriptionKey = "option.all-files")
    private boolean allFiles;

    @Option(names = "--all-blocks", descriptionKey = "option.all-blocks")
    private boolean allBlocks;

    @Option(names = "--dry-run", descriptionKey = "option.dry-run")
    private boolean dryRun;

    @Option(names = "--yes", descriptionKey = "option.yes")
    private boolean yes;

    @Option(names = "--wait", descriptionKey = "option.wait-file")
    private boolean wait;

    @Override
    protected int run(Api api, Output out) throws InterruptedException {
        if (allFiles || allBlocks) {
            collect(api);
        }
        if (files.isEmpty() && blocks.isEmpty()) {
            if (allFiles || allBlocks) {
                tell("reinject.none");
                return Exit.OK;
            }
            throw refuse(Exit.USAGE, "error.reinject-what");
        }
        if (allFiles || allBlocks) {
            if (!dryRun) {
                confirm(yes, "reinject.confirm", files.size(), blocks.size());
            }
        }
        ArrayNode results = JsonNodeFactory.instance.arrayNode();
        int refused = 0;
        for (String file : files) {
            refused += one(results, "file", file, () -> file(api, file));
        }
        for (Long block : blocks) {
            refused += one(results, "block", block.toString(), () -> block(api, block));
        }
        out.list("legacy.reinject", results, COLUMNS);
        if (refused == 0) {
            return Exit.OK;
        }
        return refused < files.size() + blocks.size() ? Exit.PARTIAL : Exit.CONFLICT;
    }

    private interface Ask {
        JsonNode now() throws InterruptedException;
    }

    /** @return 1 when it was refused */
    private static int one(ArrayNode results, String what, String id, Ask ask) throws InterruptedException {
        try {
            JsonNode result = ask.now();
            results.add(result);
            return result.path("result").asText().matches("REJECTED|QUARANTINED") ? 1 : 0;
        } catch (CliException e) {
            if (e.exitCode() == Exit.UNREACHABLE || e.exitCode() == Exit.AUTHENTICATION) {
                throw e;
            }
            ObjectNode refused = JsonNodeFactory.instance.objectNode();
            results.add(refused.put("what", what)
                    .put("id", id)
                    .put("result", "REFUSED")
                    .put("code", "")
                    .put("reason", e.getMessage()));
            return 1;
        }
    }

    private void collect(Api api) {
        JsonNode aside = api.get("legacy/quarantine");
        if (allFiles) {
            aside.path("files").forEach(f -> files.add(f.path("id").asText()));
        }
        if (allBlocks) {
            aside.path("blocks").forEach(b -> blocks.add(b.path("id").asLong()));
        }
    }

    private JsonNode file(Api api, String key) throws InterruptedException {
        JsonNode known = api.get("legacy/files/" + Api.segment(key)).path("file");
        String id = known.path("id").asText();
        if (dryRun) {
            boolean loaded = known.path("state").asText().equals("LOADED");
            return result("file", id, loaded ? "LOADED" : "WOULD_COME_BACK", known);
        }
        JsonNode back = api.post("legacy/files/" + id + "/reinject", "");
        if (!wait) {
            return back;
        }
        await(
                known.path("name").asText(),
                () -> !OPEN.contains(state(api, id).path("state").asText()));
        JsonNode end = state(api, id);
        return result("file", id, end.path("state").asText(), end);
    }

    private JsonNode block(Api api, long id) {
        if (dryRun) {
            return result("block", Long.toString(id), "WOULD_COME_BACK", JsonNodeFactory.instance.objectNode());
        }
        return api.post("legacy/blocks/" + id + "/reinject", "");
    }

    private static JsonNode state(Api api, String id) {
        return api.get("legacy/files/" + id).path("file");
    }

    private static JsonNode result(String what, String id, String result, JsonNode file) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("what", what)
                .put("id", id)
                .put("result", result)
                .put("code", file.path("code").asText())
                .put("reason", file.path("reason").asText());
    }
}
