package org.telar.cli.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.DurationText;
import org.telar.cli.Exit;
import org.telar.cli.Group;
import org.telar.cli.Output;
import org.telar.cli.Paging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Planificación Masiva (R61, R72–R75). */
@Command(
        name = "plan",
        subcommands = {
            PlanCommand.CreateCommand.class,
            PlanCommand.ListCommand.class,
            PlanCommand.ShowCommand.class,
            PlanCommand.ItemsCommand.class,
            PlanCommand.RefusalsCommand.class,
            PlanCommand.PauseCommand.class,
            PlanCommand.ResumeCommand.class,
            PlanCommand.CancelCommand.class,
            PlanCommand.RetryCommand.class
        })
public final class PlanCommand extends Group {
    private static final List<String> FIELDS = List.of(
            "id",
            "name",
            "owner",
            "state",
            "members",
            "refused",
            "duplicates",
            "percent",
            "run.state",
            "run.counts.total",
            "run.counts.waiting",
            "run.counts.sent",
            "run.counts.exe",
            "run.counts.warn",
            "run.counts.fail",
            "run.counts.cancelled",
            "run.counts.expired",
            "next.start",
            "next.end",
            "createdAt",
            "endedAt");

    /** {@code telar plan create NAME}. */
    @Command(name = "create", mixinStandardHelpOptions = true)
    static final class CreateCommand extends ApiCommand {
        @Parameters(paramLabel = "NAME", descriptionKey = "parameter.plan-name")
        private String name;

        @Option(
                names = "--what",
                paramLabel = "WHAT",
                required = true,
                split = ",",
                descriptionKey = "option.plan-what",
                converter = What.Reader.class)
        private List<What> what = List.of();

        @Option(names = "--last-days", paramLabel = "N", descriptionKey = "option.last-days")
        private int lastDays = 1;

        @Option(names = "--meters", paramLabel = "FILE", descriptionKey = "option.meters-file")
        private Optional<Path> file = Optional.empty();

        @Option(names = "--meter", paramLabel = "METER", descriptionKey = "option.plan-meter")
        private List<String> meters = List.of();

        @Option(names = "--gateway", paramLabel = "GATEWAY", descriptionKey = "option.plan-gateway")
        private String gateway = "";

        @Option(names = "--model", paramLabel = "MODEL", descriptionKey = "option.plan-model")
        private String model = "";

        @Option(names = "--date", paramLabel = "YYYY-MM-DD", descriptionKey = "option.plan-date")
        private List<String> dates = List.of();

        @Option(names = "--from-day", paramLabel = "YYYY-MM-DD", descriptionKey = "option.from-day")
        private String from = "";

        @Option(names = "--until-day", paramLabel = "YYYY-MM-DD", descriptionKey = "option.to-day")
        private String until = "";

        @Option(names = "--hours", paramLabel = "HH:mm-HH:mm", descriptionKey = "option.plan-hours")
        private List<String> hours = List.of();

        @Option(names = "--zone", paramLabel = "ZONE", descriptionKey = "option.plan-zone")
        private String zone = "";

        @Option(names = "--tries", paramLabel = "N", descriptionKey = "option.plan-tries")
        private Optional<Integer> tries = Optional.empty();

        @Option(
                names = "--retry-after",
                paramLabel = "DURATION",
                descriptionKey = "option.plan-retry-after",
                converter = DurationText.class)
        private Optional<Duration> retryAfter = Optional.empty();

        @Option(names = "--concurrency", paramLabel = "N", descriptionKey = "option.plan-concurrency")
        private Optional<Integer> concurrency = Optional.empty();

        @Option(names = "--wait", descriptionKey = "option.wait-plan")
        private boolean wait;

        @Override
        protected int run(Api api, Output out) throws InterruptedException {
            byte[] list = file.map(this::read).orElse(new byte[0]);
            JsonNode plan = api.post("plans", body(list.length > 0).text());
            String path = "plans/" + Api.segment(plan.path("id").asText());
            if (list.length > 0) {
                api.put(path + "/meters", "text/csv", list);
                plan = api.post(path + "/start", "");
            }
            tell(
                    "plan.made",
                    plan.path("id").asText(),
                    plan.path("members").asLong(),
                    plan.path("refused").asLong());
            if (wait) {
                plan = follow(api, path);
            }
            out.item("plan", plan, FIELDS);
            return plan.path("refused").asLong() > 0
                            || plan.path("run").path("counts").path("fail").asLong() > 0
                    ? Exit.PARTIAL
                    : Exit.OK;
        }

        private Body body(boolean draft) {
            List<Body> windows = new ArrayList<>();
            for (String window : hours) {
                String[] ends = window.split("-");
                if (ends.length != 2) {
                    throw refuse(Exit.USAGE, "error.hours", window);
                }
                windows.add(new Body().with("start", ends[0]).with("end", ends[1]));
            }
            Body body = new Body()
                    .with("name", name)
                    .withAll("commands", what.stream().map(this::command).toList())
                    .with("meters", meters)
                    .with("filter", new Body().with("gateway", gateway).with("model", model))
                    .with("zone", zone)
                    .with("dates", dates)
                    .with("from", from)
                    .with("until", until)
                    .withAll("hours", windows)
                    .with("tries", tries)
                    .with("retryAfter", retryAfter)
                    .with("concurrency", concurrency);
            return draft ? body.with("draft", Optional.of(true)) : body;
        }

        private Body command(What one) {
            Body command = new Body().with("type", one.type());
            return one.ranged() ? command.with("lastDays", Optional.of(lastDays)) : command;
        }

        private byte[] read(Path path) {
            try {
                return Files.readAllBytes(path);
            } catch (IOException e) {
                throw refuse(Exit.PRECONDITION, "error.file", path, e.getMessage());
            }
        }

        private JsonNode follow(Api api, String path) throws InterruptedException {
            JsonNode[] last = {api.get(path)};
            String[] told = {""};
            await(name, () -> {
                last[0] = api.get(path);
                String percent = last[0].path("percent").asText();
                if (!percent.equals(told[0])) {
                    told[0] = percent;
                    tell("plan.percent", percent);
                }
                return last[0].hasNonNull("endedAt");
            });
            return last[0];
        }
    }

    /** {@code telar plan list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Option(names = "--state", paramLabel = "STATE", descriptionKey = "option.plan-state")
        private String state = "";

        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            JsonNode plans = paging.fetch(api, "plans", Map.of("state", state.toUpperCase(Locale.ROOT)));
            out.list(
                    "plan.list",
                    plans,
                    List.of(
                            "id",
                            "name",
                            "owner",
                            "state",
                            "members",
                            "refused",
                            "percent",
                            "next.start",
                            "createdAt"));
            return Exit.OK;
        }
    }

    /** A command for one plan. */
    abstract static class One extends ApiCommand {
        @Parameters(paramLabel = "PLAN", descriptionKey = "parameter.plan")
        private String id;

        final String path() {
            return "plans/" + Api.segment(id);
        }
    }

    /** {@code telar plan show PLAN}. */
    @Command(name = "show", mixinStandardHelpOptions = true)
    static final class ShowCommand extends One {
        @Override
        protected int run(Api api, Output out) {
            out.item("plan", api.get(path()), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar plan items PLAN}: also while it runs. */
    @Command(name = "items", mixinStandardHelpOptions = true)
    static final class ItemsCommand extends One {
        @Option(names = "--state", paramLabel = "STATE", descriptionKey = "option.item-state")
        private String state = "";

        @Override
        protected int run(Api api, Output out) {
            Map<String, String> query = Map.of("state", state.toUpperCase(Locale.ROOT));
            if (out.csv()) {
                api.download(path() + "/items.csv", query, "text/csv", out.stream());
                return Exit.OK;
            }
            out.list(
                    "plan.items",
                    api.get(path() + "/items", query),
                    List.of("ord", "meter", "command", "state", "tries", "order", "ko", "nextAt", "finishedAt"));
            return Exit.OK;
        }
    }

    /** {@code telar plan refusals PLAN}. */
    @Command(name = "refusals", mixinStandardHelpOptions = true)
    static final class RefusalsCommand extends One {
        @Override
        protected int run(Api api, Output out) {
            out.list("plan.refusals", api.get(path() + "/refusals"), List.of("line", "meter", "command", "code"));
            return Exit.OK;
        }
    }

    /** {@code telar plan pause PLAN}. */
    @Command(name = "pause", mixinStandardHelpOptions = true)
    static final class PauseCommand extends One {
        @Override
        protected int run(Api api, Output out) {
            out.item("plan", api.post(path() + "/pause", ""), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar plan resume PLAN}. */
    @Command(name = "resume", mixinStandardHelpOptions = true)
    static final class ResumeCommand extends One {
        @Override
        protected int run(Api api, Output out) {
            out.item("plan", api.post(path() + "/resume", ""), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar plan cancel PLAN}. */
    @Command(name = "cancel", mixinStandardHelpOptions = true)
    static final class CancelCommand extends One {
        @Option(names = "--yes", descriptionKey = "option.yes")
        private boolean yes;

        @Override
        protected int run(Api api, Output out) {
            confirm(yes, "plan.cancel", path());
            out.item("plan", api.post(path() + "/cancel", ""), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar plan retry PLAN}: what failed or expired, again. */
    @Command(name = "retry", mixinStandardHelpOptions = true)
    static final class RetryCommand extends One {
        @Option(names = "--until", paramLabel = "INSTANT", descriptionKey = "option.retry-until")
        private String until = "";

        @Override
        protected int run(Api api, Output out) {
            JsonNode run =
                    api.post(path() + "/retry", new Body().with("until", until).text());
            out.item("plan.run", run, List.of("id", "plan", "origin", "state", "counts.total", "createdAt"));
            return Exit.OK;
        }
    }
}
