package org.telar.cli.fleet;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
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

/** Orders that were made. */
@Command(
        name = "order",
        subcommands = {OrderCommand.ListCommand.class, OrderCommand.ShowCommand.class, OrderCommand.CancelCommand.class
        })
public final class OrderCommand extends Group {
    /** {@code telar order list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class ListCommand extends ApiCommand {
        @Option(names = "--meter", paramLabel = "METER", descriptionKey = "option.meter")
        private String meter = "";

        @Option(names = "--state", paramLabel = "STATE", descriptionKey = "option.order-state")
        private String state = "";

        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            JsonNode orders =
                    paging.fetch(api, "orders", Map.of("meter", meter, "state", state.toUpperCase(Locale.ROOT)));
            out.list(
                    "order.list",
                    orders,
                    List.of("id", "type", "meter", "gateway", "state", "ko", "attempts", "createdAt", "answerMillis"));
            return Exit.OK;
        }
    }

    /** {@code telar order show ID}. */
    @Command(name = "show", mixinStandardHelpOptions = true)
    static final class ShowCommand extends ApiCommand {
        @Parameters(paramLabel = "ORDER", descriptionKey = "option.order")
        private String id;

        @Override
        protected int run(Api api, Output out) {
            return OrderWork.show(out, api.get("orders/" + Api.segment(id)));
        }
    }

    /** {@code telar order cancel ID}. */
    @Command(name = "cancel", mixinStandardHelpOptions = true)
    static final class CancelCommand extends ApiCommand {
        @Parameters(paramLabel = "ORDER", descriptionKey = "option.order")
        private String id;

        @Override
        protected int run(Api api, Output out) {
            out.item("order", api.delete("orders/" + Api.segment(id)), OrderWork.FIELDS);
            return Exit.OK;
        }
    }
}
