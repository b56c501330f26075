package org.telar.collector;

import java.io.IOException;
import java.nio.file.Files;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.telar.collector.platform.CollectorSettings;

/**
 * One line on standard output when the process serves, in every role: whoever started it may wait for it. The address of
 * the API goes into {@code api-url} beside {@code api-token}, for programs on this machine.
 */
class Announcement {
    private final CollectorSettings settings;

    Announcement(CollectorSettings settings) {
        this.settings = settings;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) throws IOException {
        String port = event.getApplicationContext().getEnvironment().getProperty("local.server.port");
        if (port != null) {
            Files.writeString(settings.data().resolve("api-url"), "https://localhost:" + port + "\n");
        }
        System.out.println("READY telar-collector instance " + settings.instance()
                + (port == null ? ", broker alone" : ", API at port " + port) + ", data in "
                + settings.data().toAbsolutePath().normalize());
    }
}
