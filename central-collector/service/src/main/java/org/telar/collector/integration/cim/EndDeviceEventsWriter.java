package org.telar.collector.integration.cim;

import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes one {@code created EndDeviceEvents} EventMessage as a stream (IEC 61968-9). Alarms and events travel on their
 * own channel and are never part of the Legacy flow (R67, G8). Not thread-safe.
 */
public final class EndDeviceEventsWriter implements AutoCloseable {
    private static final String NS = Namespaces.of("EndDeviceEvents");

    private final XMLStreamWriter out;
    private final CimTime time;

    /**
     * One event.
     *
     * @param id ours, unique
     * @param gateway concentrator concerned; empty for none
     * @param meter number; empty when the event is not about a meter
     * @param code our code; for a meter's own log the detail {@code dlms} holds the original
     */
    public record Item(
            String id,
            String gateway,
            String meter,
            Instant at,
            String severity,
            String code,
            String text,
            Map<String, String> detail,
            EventTypes.EventType type) {}

    public EndDeviceEventsWriter(OutputStream target, MessageHeader header, ZoneId zone) throws XMLStreamException {
        this.out = EnvelopeWriter.writer(target);
        this.time = new CimTime(zone);
        EnvelopeWriter.declare(out);
        EnvelopeWriter.open(out, "EventMessage", header, zone);
        out.writeStartElement(Namespaces.MESSAGE, "Payload");
        out.writeStartElement("m", "EndDeviceEvents", NS);
        out.writeNamespace("m", NS);
    }

    public void event(Item e) throws XMLStreamException {
        out.writeCharacters("\n");
        out.writeStartElement(NS, "EndDeviceEvent");
        leaf("mRID", e.id());
        leaf("createdDateTime", new String(time.format(bounded(e.at()))));
        leaf("issuerID", e.gateway());
        leaf("reason", e.type().reason().isEmpty() ? e.text() : e.type().reason() + ": " + e.text());
        leaf("severity", e.severity());
        if (!e.meter().isEmpty()) {
            out.writeStartElement(NS, "Assets");
            leaf("mRID", MeterRef.mrid(e.meter()));
            names(e.meter(), "MeterNumber");
            out.writeEndElement();
        }
        detail("code", e.code());
        for (Map.Entry<String, String> d : e.detail().entrySet()) {
            detail(d.getKey(), d.getValue());
        }
        out.writeEmptyElement(NS, "EndDeviceEventType");
        out.writeAttribute("ref", e.type().code());
        if (!e.gateway().isEmpty()) {
            names(e.gateway(), "ConcentratorNumber");
        }
        out.writeEndElement();
    }

    /** Ends the document; the target stays open. */
    @Override
    public void close() throws XMLStreamException {
        out.writeEndDocument();
        out.close();
    }

    private void names(String name, String type) throws XMLStreamException {
        out.writeStartElement(NS, "Names");
        leaf("name", name);
        out.writeStartElement(NS, "NameType");
        leaf("name", type);
        out.writeEndElement();
        out.writeEndElement();
    }

    private void detail(String name, String value) throws XMLStreamException {
        out.writeStartElement(NS, "EndDeviceEventDetails");
        leaf("name", name);
        leaf("value", value);
        out.writeEndElement();
    }

    /** xs:dateTime of the years that {@link CimTime} writes. */
    private static long bounded(Instant at) {
        return Math.max(-2_208_988_800L, Math.min(at.getEpochSecond(), 253_370_764_800L));
    }

    private void leaf(String name, String text) throws XMLStreamException {
        if (!text.isEmpty()) {
            out.writeStartElement(NS, name);
            out.writeCharacters(Printable.of(text, 4_000));
            out.writeEndElement();
        }
    }
}
