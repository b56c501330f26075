package org.telar.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/** The hardened unit of the agent for one hardware profile: its limits, its devices, its folders. */
final class SystemdUnit {
    private static final String STATE = "/var/lib/";

    private SystemdUnit() {}

    static String of(JsonNode profile) throws ImageException {
        List<String> devices = new ArrayList<>();
        profile.path("ports").forEach(p -> {
            if (p.has("device")) {
                devices.add(p.path("device").asText());
            }
        });
        profile.path("modems").forEach(m -> {
            if (m.has("device")) {
                devices.add(m.path("device").asText());
            }
        });
        StringBuilder allowed = new StringBuilder();
        devices.stream()
                .distinct()
                .forEach(d -> allowed.append("DeviceAllow=").append(d).append(" rw\n"));
        JsonNode limits = profile.path("limits");
        String data = profile.path("paths").path("data").asText();
        return Templates.fill(
                "telar-agent.service",
                Map.of(
                        "PROFILE", profile.path("name").asText(),
                        "ETC", profile.path("paths").path("configuration").asText(),
                        "VAR", data,
                        "MEMORY", limits.path("memoryMib").asText(),
                        "TASKS", limits.path("tasks").asText("256"),
                        "FILES", limits.path("openFiles").asText("1024"),
                        "GROUPS", devices.isEmpty() ? "" : "SupplementaryGroups=dialout\n",
                        "DEVICES", allowed.toString(),
                        "STATE",
                                data.startsWith(STATE)
                                        ? "StateDirectory=" + data.substring(STATE.length())
                                                + "\nStateDirectoryMode=0700\n"
                                        : ""));
    }
}
