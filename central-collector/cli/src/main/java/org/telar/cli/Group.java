package org.telar.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only holds others: alone it is a mistake, told with its usage. */
@Command(mixinStandardHelpOptions = true)
public abstract class Group implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public final void run() {
        Telar root = (Telar) spec.root().userObject();
        throw new ParameterException(spec.commandLine(), root.texts().say("error.command"));
    }
}
