package org.telar.cli.backup;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Group;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Backups. */
@Command(
        name = "backup",
        subcommands = {BackupCommand.ListCommand.class, BackupCommand.RunCommand.class, BackupCommand.DrillCommand.class
        })
public final class BackupCommand extends Group {
    private static final List<String> COLUMNS =
            List.of("id", "startedAt", "finishedAt", "bytes", "files", "tables", "rows", "drill.at", "drill.complete");

    /** {@code telar backup list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Override
        protected int run(Api api, Output out) {
            JsonNode state = api.get("backups");
            out.list("backup.list", state, COLUMNS);
            if (!state.path("working").asText().isEmpty()) {
                tell("backup.working", state.path("working").asText());
            }
            return Exit.OK;
        }
    }

    /** What takes a while: begun, and waited for where that is asked. */
    abstract static class Work extends ApiCommand {
        @Option(names = "--wait", descriptionKey = "option.wait")
        private boolean wait;

        abstract String begin();

        @Override
        protected int run(Api api, Output out) throws InterruptedException {
            JsonNode begun = api.post(begin(), "");
            if (!wait) {
                tell("backup.working", begun.path("working").asText());
                return Exit.OK;
            }
            JsonNode[] last = {begun};
            await(begun.path("working").asText(), () -> {
                last[0] = api.get("backups");
                return last[0].path("working").asText().isEmpty();
            });
            out.list("backup.list", last[0], COLUMNS);
            String fault = last[0].path("lastFault").asText();
            if (!fault.isEmpty()) {
                throw refuse(Exit.UNEXPECTED, "backup.fault", fault);
            }
            return Exit.OK;
        }
    }

    /** {@code telar backup run}. */
    @Command(name = "run", mixinStandardHelpOptions = true)
    static final class RunCommand extends Work {
        @Override
        String begin() {
            return "backups";
        }
    }

    /** {@code telar backup drill ID}. */
    @Command(name = "drill", mixinStandardHelpOptions = true)
    static final class DrillCommand extends Work {
        @Parameters(paramLabel = "ID", descriptionKey = "parameter.backup")
        private String id;

        @Override
        String begin() {
            return "backups/" + Api.segment(id) + "/drill";
        }
    }
}
