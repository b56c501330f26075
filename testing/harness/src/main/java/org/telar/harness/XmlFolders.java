package org.telar.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the collector keeps its XML files. */
public final class XmlFolders {
    private XmlFolders() {}

    public static Path root(Path data) {
        return data.resolve("collector").resolve("legacy");
    }

    /**
     * The files that were loaded into the Legacy, as they lie in the archive.
     *
     * @param names of the loaded ones, as in the journal
     * @throws IOException when one of them is not there
     */
    public static List<Path> loaded(Path data, Set<String> names) throws IOException {
        Map<String, Path> found = new HashMap<>();
        try (var files = Files.walk(root(data))) {
            files.filter(Files::isRegularFile).forEach(f -> {
                String name = f.getFileName().toString();
                found.put(name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name, f);
            });
        }
        List<Path> loaded = new ArrayList<>();
        for (String name : names) {
            if (!found.containsKey(name)) {
                throw new IOException("the loaded file " + name + " is not under " + root(data));
            }
            loaded.add(found.get(name));
        }
        return loaded;
    }
}
