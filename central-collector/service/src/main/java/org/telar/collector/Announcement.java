package org.telar.collector;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.telar.collector.platform.CollectorSettings;

/** One line on standard output when the collector serves: whoever started it may wait for it. */
@Component
class Announcement {
    private final CollectorSettings settings;

    Announcement(CollectorSettings settings) {
        this.settings = settings;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        System.out.println("READY telar-collector instance " + settings.instance() + ", API at port "
                + event.getApplicationContext().getEnvironment().getProperty("local.server.port") + ", data in "
                + settings.data().toAbsolutePath().normalize());
    }
}
