package org.telar.cli;

import org.telar.cli.access.AccessCommands;
import org.telar.cli.backup.BackupCommand;
import org.telar.cli.fleet.AlarmCommand;
import org.telar.cli.fleet.EventsCommand;
import org.telar.cli.fleet.GatewayCommand;
import org.telar.cli.fleet.LoadCommand;
import org.telar.cli.fleet.MeterCommand;
import org.telar.cli.fleet.OrderCommand;
import org.telar.cli.fleet.PlanCommand;
import org.telar.cli.fleet.ReadCommand;
import org.telar.cli.fleet.StatusCommand;
import org.telar.cli.legacy.LegacyCommand;
import org.telar.cli.report.ReportCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code telar} as far as it talks to a collector. */
@Command(
        name = "telar",
        version = "telar 0.1.0",
        mixinStandardHelpOptions = true,
        subcommands = {
            ReadCommand.class,
            OrderCommand.class,
            PlanCommand.class,
            LoadCommand.class,
            MeterCommand.class,
            GatewayCommand.class,
            EventsCommand.class,
            AlarmCommand.class,
            StatusCommand.class,
            LegacyCommand.class,
            ReportCommand.class,
            BackupCommand.class,
            AccessCommands.AccountCommand.class,
            AccessCommands.TokenCommand.class,
            AccessCommands.AuditCommand.class
        })
public final class Telar implements Runnable {
    @Spec
    private CommandSpec spec;

    private final Console console;
    private final Texts texts;

    private Telar(Console console, Texts texts) {
        this.console = console;
        this.texts = texts;
    }

    public static void main(String[] args) {
        System.exit(run(Console.ofProcess(), args));
    }

    /** Runs one command line. @return one of {@link Exit} */
    public static int run(Console console, String... args) {
        int code = command(console).execute(args);
        console.out().flush();
        if (console.out().checkError()) {
            return Exit.UNEXPECTED; // whoever read us has gone
        }
        return code;
    }

    static CommandLine command(Console console) {
        Texts texts = Texts.of(console.environment());
        CommandLine line = new CommandLine(new Telar(console, texts));
        line.setResourceBundle(texts.bundle());
        line.setOut(new java.io.PrintWriter(console.out(), true));
        line.setErr(new java.io.PrintWriter(console.err(), true));
        boolean plain = !console.environment().getOrDefault("NO_COLOR", "").isEmpty() || !console.terminal();
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(plain ? CommandLine.Help.Ansi.OFF : CommandLine.Help.Ansi.AUTO));
        line.setExecutionExceptionHandler((e, at, parsed) -> failed(console, texts, e));
        return line;
    }

    private static int failed(Console console, Texts texts, Exception e) {
        if (e instanceof CliException refused) {
            console.fault("telar: " + refused.getMessage());
            return refused.exitCode();
        }
        if (e instanceof InterruptedException) {
            return Exit.INTERRUPTED;
        }
        console.fault("telar: " + texts.say("error.unexpected", e));
        return Exit.UNEXPECTED;
    }

    Console console() {
        return console;
    }

    Texts texts() {
        return texts;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), texts.say("error.command"));
    }
}
