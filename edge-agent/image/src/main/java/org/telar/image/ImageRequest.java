package org.telar.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What image is wanted.
 *
 * @param agent the agent as the build put it together ({@code edge-agent/target/agent})
 * @param profile folder of the hardware profile, already checked
 * @param out where folder and package go
 * @param jmods modules of the target's Java, when it is not this machine
 * @param version of the package
 */
record ImageRequest(Path agent, Path profile, Path out, Optional<Path> jmods, String version) {
    JsonNode json() throws IOException {
        return Image.json(profile);
    }

    String name() throws IOException {
        return json().path("name").asText();
    }
}
