package org.telar.cli.legacy;

import org.telar.cli.Group;
import picocli.CommandLine.Command;

/** Entrega a Legacy. */
@Command(
        name = "legacy",
        subcommands = {
            FilesCommand.class,
            ShowCommand.class,
            ReinjectCommand.class,
            QuarantineCommand.class,
            JournalCommand.class,
            LagCommand.class
        })
public final class LegacyCommand extends Group {}
