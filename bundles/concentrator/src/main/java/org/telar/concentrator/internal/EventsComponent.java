package org.telar.concentrator.internal;

import java.util.Map;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.OffsetClock;
import org.telar.api.store.ReadingStore;

/**
 * The OSGi component of {@link Events}. Events wait until the concentrator has attached the store: the store raises
 * events itself, and would otherwise wait for this component while this one waits for it.
 */
@Component(
        name = "org.telar.concentrator.events",
        service = {EventSink.class, EventsComponent.class})
public final class EventsComponent implements EventSink {
    private final OutboxWriter writer = new OutboxWriter("events");
    private final Events events = new Events(writer, OffsetClock.ofProcess());

    void attach(ReadingStore store) {
        writer.attach(store);
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
