package org.telar.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the class loading log of a training run ({@code -Xlog:class+load=debug}) into the class list of an AppCDS
 * archive, classes of bundles included: JDK 17 archives classes of any loader when the list says from which jar they came
 * and what they extend; it does not write such a list itself.
 */
final class ClassList {
    private static final Pattern NAME = Pattern.compile(".*\\[class,load *\\] (\\S+) source: (.*)");
    private static final Pattern DETAIL = Pattern.compile(".*\\[class,load *\\]  klass: (0x[0-9a-f]+)"
            + "(?: super: (0x[0-9a-f]+))?(?: interfaces:((?: 0x[0-9a-f]+)+))? loader: (.*)");

    private final Path home;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final Set<String> ofBundles = new HashSet<>();

    private ClassList(Path home) {
        this.home = home;
    }

    /**
     * @param home folder of the image: jars in it are named relative to {@code @HOME@}
     * @param log of class loading
     * @param dumped what {@code -XX:DumpLoadedClassList} wrote, for its lambdas
     */
    static List<String> of(Path home, Path log, Path dumped) throws IOException {
        ClassList list = new ClassList(home);
        Matcher named = null;
        for (String line : Files.readAllLines(log)) {
            Matcher detail = DETAIL.matcher(line);
            if (detail.matches()) {
                if (named != null) {
                    list.add(named.group(1), named.group(2), detail);
                }
                named = null;
            } else {
                Matcher name = NAME.matcher(line);
                named = name.matches() ? name : null;
            }
        }
        for (String line : Files.readAllLines(dumped)) {
            // Lambdas of the launcher and of Java; those of bundles cannot be archived.
            if (line.startsWith("@") && !list.ofBundles.contains(line.split(" ")[1])) {
                list.lines.add(line);
            }
        }
        return list.lines;
    }

    private void add(String name, String source, Matcher detail) {
        boolean generated = name.contains("/0x") || name.contains("$$Lambda") || source.startsWith("__");
        String path = name.replace('.', '/');
        if (generated || seen.contains(path)) {
            return;
        }
        String loader = detail.group(4);
        boolean plain = loader.contains("'bootstrap'")
                || loader.contains("$AppClassLoader'")
                || loader.contains("$PlatformClassLoader'");
        StringBuilder line = new StringBuilder(path).append(" id: ").append(seen.size() + 1);
        if (!plain) {
            String jar = "file:" + home + "/";
            List<String> interfaces = detail.group(3) == null
                    ? List.of()
                    : List.of(detail.group(3).strip().split(" "));
            if (!source.startsWith(jar)
                    || !ids.containsKey(detail.group(2))
                    || !ids.keySet().containsAll(interfaces)) {
                return;
            }
            line.append(" super: ").append(ids.get(detail.group(2)));
            if (!interfaces.isEmpty()) {
                line.append(" interfaces:");
                interfaces.forEach(i -> line.append(' ').append(ids.get(i)));
            }
            line.append(" source: @HOME@/").append(source.substring(jar.length()));
            ofBundles.add(path);
        }
        seen.add(path);
        // Not ids.size(): the address of an unloaded class comes again.
        ids.put(detail.group(1), seen.size());
        lines.add(line.toString());
    }

    /** A 32-bit JVM archives classes of its own loaders alone, and ends at the others. */
    static List<String> withoutBundles(List<String> lines) {
        return lines.stream().filter(l -> !l.contains(" source: ")).toList();
    }
}
