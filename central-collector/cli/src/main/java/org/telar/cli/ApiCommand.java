package org.telar.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks the collector. Subclasses say what they ask and how the answer is shown. */
public abstract class ApiCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(500);

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Spec
    CommandSpec spec;

    private Console console;
    private Texts texts;

    @Override
    public final Integer call() throws Exception {
        Telar root = (Telar) spec.root().userObject();
        console = root.console();
        texts = root.texts();
        output.to(console.out(), texts);
        Api api = new Api(Settings.resolve(connection, console.environment(), console.demo(), texts), texts);
        return run(api, output);
    }

    /** @return one of {@link Exit} */
    protected abstract int run(Api api, Output out) throws Exception;

    protected final Texts texts() {
        return texts;
    }

    /** A line of progress, on stderr. */
    protected final void tell(String key, Object... arguments) {
        console.err().println(texts.say(key, arguments));
    }

    protected final CliException refuse(int exitCode, String key, Object... arguments) {
        return new CliException(exitCode, texts.say(key, arguments));
    }

    /** Asks before what cannot be taken back; where nobody can be asked, {@code --yes} must have said it. */
    protected final void confirm(boolean yes, String key, Object... arguments) {
        if (yes) {
            return;
        }
        String question = texts.say(key, arguments);
        if (!console.terminal()) {
            throw new CliException(Exit.PRECONDITION, texts.say("error.confirm", question));
        }
        String answer = console.answer(question + " " + texts.say("confirm.yes-no") + " ")
                .orElse("");
        if (!answer.strip().toLowerCase(Locale.ROOT).matches("y|yes|s|si|sí")) {
            throw new CliException(Exit.PRECONDITION, texts.say("error.not-confirmed"));
        }
    }

    /** Looks again and again until it is so; exit code 4 when the time given with {@code --timeout} is over. */
    protected final void await(String waitingFor, BooleanSupplier over) throws InterruptedException {
        long deadline = System.nanoTime() + connection.timeout().toNanos();
        while (!over.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw refuse(Exit.UNREACHABLE, "error.timeout", waitingFor, connection.timeout());
            }
            Thread.sleep(LOOK.toMillis());
        }
    }
}
