package org.telar.concentrator.internal;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.OffsetClock;

/** The OSGi component of {@link ClockWatch}: a look each second on a thread of its own. */
@Component(
        name = "org.telar.concentrator.clock",
        service = {},
        immediate = true)
public final class ClockWatchComponent {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatchComponent.class);

    private final ScheduledExecutorService second = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread t = new Thread(work, "clock-watch");
        t.setDaemon(true);
        return t;
    });

    /** @param events may wait for the store; never blocks */
    @Activate
    public ClockWatchComponent(@Reference EventSink events) {
        ClockWatch watch = new ClockWatch(OffsetClock.ofProcess(), System::nanoTime, events);
        second.scheduleWithFixedDelay(
                () -> {
                    try {
                        watch.look();
                    } catch (RuntimeException e) {
                        LOG.error("The look at the clock failed, goes on", e);
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
    }

    @Deactivate
    void stop() {
        second.shutdownNow();
    }
}
