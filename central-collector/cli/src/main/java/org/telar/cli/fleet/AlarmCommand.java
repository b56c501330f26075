package org.telar.cli.fleet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Group;
import org.telar.cli.Output;
import org.telar.cli.Paging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Alarms: what is wrong now, and who knows (R34). */
@Command(
        name = "alarm",
        subcommands = {AlarmCommand.ListCommand.class, AlarmCommand.AckCommand.class, AlarmCommand.ReplayCommand.class})
public final class AlarmCommand extends Group {
    private static final List<String> FIELDS = List.of(
            "id",
            "severity",
            "kind",
            "gateway",
            "meter",
            "subject",
            "raisedAt",
            "times",
            "clearedAt",
            "acknowledgedBy",
            "note",
            "text");

    /** {@code telar alarm list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Option(names = "--state", paramLabel = "STATE", descriptionKey = "option.alarm-state")
        private String state = "OPEN";

        @Option(names = "--severity", paramLabel = "SEVERITY", descriptionKey = "option.severity")
        private String severity = "";

        @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.gateway")
        private String gateway = "";

        @Option(names = "--meter", paramLabel = "METER", descriptionKey = "option.meter")
        private String meter = "";

        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("state", state.toUpperCase(Locale.ROOT));
            query.put("severity", severity.toUpperCase(Locale.ROOT));
            query.put("gateway", gateway);
            query.put("meter", meter);
            out.list("alarm.list", paging.fetch(api, "alarms", query), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar alarm ack ID}. */
    @Command(name = "ack", mixinStandardHelpOptions = true)
    static final class AckCommand extends ApiCommand {
        @Parameters(paramLabel = "ALARM", descriptionKey = "parameter.alarm")
        private String id;

        @Option(names = "--note", paramLabel = "TEXT", descriptionKey = "option.note")
        private String note = "";

        @Override
        protected int run(Api api, Output out) {
            String body = new Body().with("note", note).text();
            out.item("alarm", api.post("alarms/" + Api.segment(id) + "/acknowledgement", body), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar alarm replay}. */
    @Command(name = "replay", mixinStandardHelpOptions = true)
    static final class ReplayCommand extends ApiCommand {
        @Override
        protected int run(Api api, Output out) {
            out.item("alarm.replay", api.post("alarms/replay", ""), List.of("words", "open"));
            return Exit.OK;
        }
    }
}
