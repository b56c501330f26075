package org.telar.concentrator.internal;

import java.util.Map;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.OffsetClock;
import org.telar.api.store.ReadingStore;

/** The OSGi component of {@link Events}. */
@Component(name = "org.telar.concentrator.events", service = EventSink.class)
public final class EventsComponent implements EventSink {
    private final OutboxWriter writer;
    private final Events events;

    @Activate
    public EventsComponent(@Reference ReadingStore store) {
        writer = new OutboxWriter(store, "events");
        events = new Events(writer, OffsetClock.ofProcess());
    }

    @Deactivate
    void deactivate() {
        writer.close();
    }

    @Override
    public void event(String code, Severity severity, String meter, String text, Map<String, String> detail) {
        events.event(code, severity, meter, text, detail);
    }
}
