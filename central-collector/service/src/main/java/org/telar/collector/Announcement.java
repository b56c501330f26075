package org.telar.collector;

import java.io.IOException;
import java.nio.file.Files;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.telar.collector.platform.CollectorSettings;

/**
 * One line on standard output when the collector serves: whoever started it may wait for it. The address of the API goes
 * into {@code api-url} beside {@code api-token}, for programs on this machine.
 */
@Component
class Announcement {
    private final CollectorSettings settings;

    Announcement(CollectorSettings settings) {
        this.settings = settings;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) throws IOException {
        String port = event.getApplicationContext().getEnvironment().getProperty("local.server.port");
        Files.writeString(settings.data().resolve("api-url"), "https://localhost:" + port + "\n");
        System.out.println("READY telar-collector instance " + settings.instance() + ", API at port " + port
                + ", data in " + settings.data().toAbsolutePath().normalize());
    }
}
