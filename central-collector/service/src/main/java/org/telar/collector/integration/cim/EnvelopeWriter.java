package org.telar.collector.integration.cim;

import java.time.ZoneId;
import java.util.Map;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes the opening of an IEC 61968-100 message; the caller writes the payload and closes it. */
final class EnvelopeWriter {
    private static final String MSG = Namespaces.MESSAGE;

    private EnvelopeWriter() {}

    static void open(XMLStreamWriter out, String kind, MessageHeader header, ZoneId zone) throws XMLStreamException {
        out.setDefaultNamespace(MSG);
        out.writeStartElement("", kind, MSG);
        out.writeDefaultNamespace(MSG);
        out.writeStartElement(MSG, "Header");
        leaf(out, "Verb", header.verb());
        leaf(out, "Noun", header.noun());
        leaf(out, "Revision", "2.0");
        leaf(out, "Context", "PRODUCTION");
        if (header.timestamp().isPresent()) {
            leaf(
                    out,
                    "Timestamp",
                    new String(new CimTime(zone).format(header.timestamp().get().getEpochSecond())));
        }
        leaf(out, "Source", header.source());
        leaf(out, "AckRequired", "true");
        leaf(out, "MessageID", header.messageId());
        leaf(out, "CorrelationID", header.correlationId());
        for (Map.Entry<String, String> property : header.properties().entrySet()) {
            out.writeStartElement(MSG, "Property");
            leaf(out, "Name", property.getKey());
            leaf(out, "Value", property.getValue());
            out.writeEndElement();
        }
        out.writeEndElement();
    }

    private static void leaf(XMLStreamWriter out, String name, String text) throws XMLStreamException {
        if (!text.isEmpty()) {
            out.writeStartElement(MSG, name);
            out.writeCharacters(text);
            out.writeEndElement();
        }
    }
}
