package org.telar.cli.access;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Group;
import org.telar.cli.Output;
import org.telar.cli.Paging;
import org.telar.cli.fleet.Body;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** People, programs and the record of what they changed (R10). */
public final class AccessCommands {
    private AccessCommands() {}

    private static List<String> upper(List<String> names) {
        return names.stream().map(n -> n.toUpperCase(Locale.ROOT)).toList();
    }

    /** {@code telar account …}. */
    @Command(
            name = "account",
            subcommands = {Accounts.class, Invite.class, Reset.class, RemoveAccount.class})
    public static final class AccountCommand extends Group {}

    /** {@code telar token …}. */
    @Command(
            name = "token",
            subcommands = {Tokens.class, CreateToken.class, RevokeToken.class})
    public static final class TokenCommand extends Group {}

    /** {@code telar account list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class Accounts extends ApiCommand {
        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            out.list(
                    "account.list",
                    paging.fetch(api, "accounts", Map.of()),
                    List.of("name", "roles", "enabled", "lockedUntil", "lastLoginAt"));
            return Exit.OK;
        }
    }

    /** {@code telar account invite NAME}: tells a one-time code. */
    @Command(name = "invite", mixinStandardHelpOptions = true)
    static final class Invite extends ApiCommand {
        @Parameters(paramLabel = "NAME", descriptionKey = "parameter.account")
        private String name;

        @Option(names = "--role", paramLabel = "ROLE", required = true, split = ",", descriptionKey = "option.role")
        private List<String> roles = List.of();

        @Override
        protected int run(Api api, Output out) {
            Body body = new Body().with("name", name).with("roles", upper(roles));
            out.item("account.invitation", api.post("accounts", body.text()), List.of("name", "code", "expiresAt"));
            tell("account.invited");
            return Exit.OK;
        }
    }

    /** {@code telar account reset NAME}: a code for a new password. */
    @Command(name = "reset", mixinStandardHelpOptions = true)
    static final class Reset extends ApiCommand {
        @Parameters(paramLabel = "NAME", descriptionKey = "parameter.account")
        private String name;

        @Override
        protected int run(Api api, Output out) {
            out.item(
                    "account.invitation",
                    api.post("accounts/" + Api.segment(name) + "/invitation", ""),
                    List.of("name", "code", "expiresAt"));
            tell("account.invited");
            return Exit.OK;
        }
    }

    /** {@code telar account remove NAME}. */
    @Command(name = "remove", mixinStandardHelpOptions = true)
    static final class RemoveAccount extends ApiCommand {
        @Parameters(paramLabel = "NAME", descriptionKey = "parameter.account")
        private String name;

        @Option(names = "--yes", descriptionKey = "option.yes")
        private boolean yes;

        @Override
        protected int run(Api api, Output out) {
            confirm(yes, "account.remove", name);
            api.delete("accounts/" + Api.segment(name));
            return Exit.OK;
        }
    }

    /** {@code telar token list}. */
    @Command(name = "list", mixinStandardHelpOptions = true)
    static final class Tokens extends ApiCommand {
        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            out.list(
                    "token.list",
                    paging.fetch(api, "tokens", Map.of()),
                    List.of("name", "scopes", "madeBy", "createdAt", "expiresAt", "lastUsedAt"));
            return Exit.OK;
        }
    }

    /** {@code telar token create NAME}: tells the token once. */
    @Command(name = "create", mixinStandardHelpOptions = true)
    static final class CreateToken extends ApiCommand {
        @Parameters(paramLabel = "NAME", descriptionKey = "parameter.token")
        private String name;

        @Option(names = "--scope", paramLabel = "SCOPE", required = true, split = ",", descriptionKey = "option.scope")
        private List<String> scopes = List.of();

        @Option(names = "--days", paramLabel = "N", descriptionKey = "option.token-days")
        private Optional<Integer> days = Optional.empty();

        @Override
        protected int run(Api api, Output out) {
            Body body =
                    new Body().with("name", name).with("scopes", upper(scopes)).with("days", days);
            out.item("token", api.post("tokens", body.text()), List.of("name", "scopes", "expiresAt", "token"));
            return Exit.OK;
        }
    }

    /** {@code telar token revoke NAME}. */
    @Command(name = "revoke", mixinStandardHelpOptions = true)
    static final class RevokeToken extends ApiCommand {
        @Parameters(paramLabel = "NAME", descriptionKey = "parameter.token")
        private String name;

        @Override
        protected int run(Api api, Output out) {
            api.delete("tokens/" + Api.segment(name));
            return Exit.OK;
        }
    }

    /** {@code telar audit}. */
    @Command(name = "audit", mixinStandardHelpOptions = true)
    public static final class AuditCommand extends ApiCommand {
        @Option(names = "--who", paramLabel = "NAME", descriptionKey = "option.who")
        private String who = "";

        @Option(names = "--from", paramLabel = "INSTANT", descriptionKey = "option.from")
        private String from = "";

        @Option(names = "--check", descriptionKey = "option.audit-check")
        private boolean check;

        @Mixin
        private Paging paging = new Paging();

        @Override
        protected int run(Api api, Output out) {
            if (check) {
                var result = api.get("audit/check");
                out.item("audit.check", result, List.of("entries", "head", "brokenAt"));
                return result.hasNonNull("brokenAt") ? Exit.CONFLICT : Exit.OK;
            }
            out.list(
                    "audit",
                    paging.fetch(api, "audit", Map.of("who", who, "from", from)),
                    List.of(
                            "seq",
                            "at",
                            "change.who",
                            "change.source",
                            "change.action",
                            "change.target",
                            "change.result"));
            return Exit.OK;
        }
    }
}
