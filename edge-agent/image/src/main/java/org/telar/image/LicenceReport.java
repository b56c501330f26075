package org.telar.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The gate over the licences of what is shipped, read from CycloneDX lists: everything must go with GPL-3.0-or-later. A
 * component with several licences may be taken under any of them. What no list names is refused until somebody has looked.
 */
public final class LicenceReport {
    private static final int OK = 0;
    private static final int USAGE = 2;
    private static final int REFUSED = 3;

    /** SPDX ids, and names as some poms write them, that may be combined with GPL-3.0-or-later. */
    private static final Set<String> COMPATIBLE = Set.of(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "Bouncy Castle Licence",
            "CC0-1.0",
            "GNU General Public License, version 2 with the GNU Classpath Exception",
            "GPL-2.0-with-classpath-exception",
            "GPL-3.0-only",
            "GPL-3.0-or-later",
            "ISC",
            "LGPL-2.1-only",
            "LGPL-2.1-or-later",
            "LGPL-3.0-only",
            "LGPL-3.0-or-later",
            "MIT",
            "MIT-0",
            "Zlib");

    /** Looked at by a person: what the pom says is incomplete. */
    private static final Map<String, String> REVIEWED = Map.of(
            "org.openmuc:jdlms", "GPL-3.0: the address that its pom names",
            "org.eclipse.paho:org.eclipse.paho.mqttv5.client", "also EDL-1.0 (BSD-3-Clause) by its about.html");

    private LicenceReport() {}

    /** Exit code 0, 2 usage, 3 when a component does not pass. */
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            System.err.println("usage: LicenceReport SBOM.json...");
            System.exit(USAGE);
        }
        int code = OK;
        for (String file : args) {
            List<String> refused = new ArrayList<>();
            Map<String, List<String>> report = report(Path.of(file), refused);
            System.out.println(Path.of(file).getFileName());
            report.forEach((licence, names) ->
                    System.out.printf("  %4d  %s%n        %s%n", names.size(), licence, String.join(", ", names)));
            refused.forEach(r -> System.out.println("  NOT COMPATIBLE with GPL-3.0-or-later: " + r));
            code = refused.isEmpty() ? code : REFUSED;
        }
        System.exit(code);
    }

    /**
     * Components by what they may be taken under.
     *
     * @param refused gets those that do not pass, with what they say
     */
    static Map<String, List<String>> report(Path sbom, List<String> refused) throws IOException {
        Map<String, List<String>> report = new TreeMap<>();
        for (JsonNode c : new ObjectMapper().readTree(sbom.toFile()).path("components")) {
            String name = c.path("group").asText() + ":" + c.path("name").asText();
            List<String> licences = licences(c);
            boolean passes = REVIEWED.containsKey(name) || licences.stream().anyMatch(COMPATIBLE::contains);
            String said = licences.isEmpty() ? "(none named)" : String.join(" or ", licences);
            if (!passes) {
                refused.add(name + " " + c.path("version").asText() + ": " + said);
            }
            String shown = REVIEWED.containsKey(name) ? said + "; reviewed: " + REVIEWED.get(name) : said;
            report.computeIfAbsent(shown, s -> new ArrayList<>())
                    .add(c.path("name").asText() + " " + c.path("version").asText());
        }
        return report;
    }

    private static List<String> licences(JsonNode component) {
        List<String> licences = new ArrayList<>();
        for (JsonNode l : component.path("licenses")) {
            JsonNode licence = l.path("license");
            String id = licence.path("id")
                    .asText(licence.path("name").asText(l.path("expression").asText()));
            if (!id.isEmpty()) {
                licences.add(id);
            }
        }
        return licences;
    }
}
