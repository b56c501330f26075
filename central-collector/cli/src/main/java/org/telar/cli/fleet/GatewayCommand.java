package org.telar.cli.fleet;

import java.util.List;
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

/** Concentrators. */
@Command(
        name = "gateway",
        subcommands = {
            GatewayCommand.ListCommand.class,
            GatewayCommand.ShowCommand.class,
            GatewayCommand.RegisterCommand.class
        })
public final class GatewayCommand extends Group {
    private static final List<String> FIELDS = List.of(
            "id", "name", "registered", "online", "onlineSince", "lastSeen", "version", "backlog", "meters", "epoch");

    /** {@code telar gateway list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            out.list("gateway.list", paging.fetch(api, "gateways", Map.of()), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar gateway show GATEWAY}. */
    @Command(name = "show", mixinStandardHelpOptions = true)
    static final class ShowCommand extends ApiCommand {
        @Parameters(paramLabel = "GATEWAY", descriptionKey = "option.gateway")
        private String gateway;

        @Override
        protected int run(Api api, Output out) {
            out.item("gateway", api.get("gateways/" + Api.segment(gateway)), FIELDS);
            return Exit.OK;
        }
    }

    /** {@code telar gateway register GATEWAY}. */
    @Command(name = "register", mixinStandardHelpOptions = true)
    static final class RegisterCommand extends ApiCommand {
        @Parameters(paramLabel = "GATEWAY", descriptionKey = "parameter.new-gateway")
        private String gateway;

        @Option(names = "--name", paramLabel = "TEXT", descriptionKey = "option.gateway-name")
        private String name = "";

        @Override
        protected int run(Api api, Output out) {
            out.item(
                    "gateway",
                    api.post(
                            "gateways",
                            new Body().with("id", gateway).with("name", name).text()),
                    FIELDS);
            return Exit.OK;
        }
    }
}
