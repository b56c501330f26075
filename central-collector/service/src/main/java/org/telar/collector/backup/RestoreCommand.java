package org.telar.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

import org.telar.collector.RefusedException;
import org.telar.collector.platform.DataFolder;

/**
 * {@code java -jar telar-collector.jar restore BACKUP DATA [SOFTWARE]}: brings a backup back into a data folder whose collector does
 * not run and that has no databases, and says whether every table is as it was. SOFTWARE is where the server's programs
 * are unpacked, if they are.
 */
public final class RestoreCommand {
    private static final int USAGE = 2;
    private static final int PARTIAL = 3;

    private RestoreCommand() {}

    /** @return exit code: 0 everything is back, 3 something differs, 2 usage, 6 it cannot be done */
    public static int run(String... args) {
        if (args.length < 3 || args.length > 4) {
            System.err.println("usage: java -jar telar-collector.jar restore BACKUP DATA [SOFTWARE]");
            return USAGE;
        }
        Path backup = Path.of(args[1]).toAbsolutePath();
        try (DataFolder data = DataFolder.open(Path.of(args[2]))) {
            Path target = data.root().resolve("postgres");
            if (Files.exists(target.resolve("cluster"))) {
                throw new RefusedException(target
                        + " holds databases already; a restore never overwrites: move them away or name another"
                        + " folder.");
            }
            Path unpacked = data.root().resolve("restore-software");
            try {
                Path software = args.length == 4 ? Path.of(args[3]).toAbsolutePath() : unpacked;
                ClusterRestore.Report report = new ClusterRestore(software).restore(backup, target);
                System.out.println("restored " + report.id() + ": " + report.files() + " files, " + report.tables()
                        + " tables, " + report.rows() + " rows");
                report.differences().forEach(d -> System.err.println("differs: " + d));
                return report.complete() ? 0 : PARTIAL;
            } finally {
                CopiedTree.delete(unpacked);
            }
        } catch (RefusedException e) {
            System.err.println("telar-collector: " + e.getMessage());
            return RefusedException.EXIT_CODE;
        } catch (IOException | SQLException e) {
            System.err.println("telar-collector: " + backup + " was not restored: " + e.getMessage());
            return RefusedException.EXIT_CODE;
        }
    }
}
