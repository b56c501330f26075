package org.telar.e2e.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the collector keeps its XML files. */
final class XmlFolders {
    private XmlFolders() {}

    static Path root(Path data) {
        return data.resolve("collector").resolve("files");
    }

    /** The files that were loaded into the Legacy. */
    static List<Path> loaded(Path data) throws IOException {
        if (!Files.isDirectory(root(data))) {
            return List.of();
        }
        try (var files = Files.walk(root(data))) {
            return files.filter(f -> f.getFileName().toString().endsWith(".xml"))
                    .filter(f -> f.toString().contains("/loaded/"))
                    .sorted()
                    .toList();
        }
    }
}
