package org.telar.store.sqlite.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps untrusted databases beside the new one, the newest {@value #KEPT} of them. Stateless. */
final class Aside {
    static final int KEPT = 3;
    private static final String PREFIX = "untrusted-";
    private static final String[] COMPANIONS = {"", "-wal", "-shm"};

    private Aside() {}

    /** Moves database, WAL and index into a folder of their own; empty when there was none of them. */
    static Optional<Path> move(Path database) throws IOException {
        Path parent = database.toAbsolutePath().getParent();
        Path folder = Files.createDirectory(parent.resolve(PREFIX + nextNumber(parent)));
        boolean any = false;
        for (String suffix : COMPANIONS) {
            Path from = parent.resolve(database.getFileName() + suffix);
            if (Files.exists(from)) {
                Files.move(from, folder.resolve(from.getFileName().toString()));
                any = true;
            }
        }
        EpochFile.forceDirectory(folder);
        EpochFile.forceDirectory(parent);
        if (!any) {
            Files.delete(folder);
            return Optional.empty();
        }
        forgetOldest(parent);
        return Optional.of(folder);
    }

    private static String nextNumber(Path parent) throws IOException {
        List<Path> all = folders(parent);
        int last = all.isEmpty() ? 0 : number(all.get(all.size() - 1));
        return String.format("%04d", last + 1);
    }

    private static void forgetOldest(Path parent) throws IOException {
        List<Path> all = folders(parent);
        for (Path folder : all.subList(0, Math.max(0, all.size() - KEPT))) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path f : files.toList()) {
                    Files.delete(f);
                }
            }
            Files.delete(folder);
        }
    }

    private static List<Path> folders(Path parent) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(p -> p.getFileName().toString().matches(PREFIX + "\\d{1,9}"))
                    .sorted(Comparator.comparingInt(Aside::number))
                    .toList();
        }
    }

    private static int number(Path folder) {
        return Integer.parseInt(folder.getFileName().toString().substring(PREFIX.length()));
    }
}
