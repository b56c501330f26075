package org.telar.collector.integration.cim;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

import com.fasterxml.aalto.stax.OutputFactoryImpl;
import org.codehaus.stax2.XMLStreamWriter2;

/** Writes the envelope of an IEC 61968-100 message; the payload is the caller's. */
final class EnvelopeWriter {
    private static final XMLOutputFactory FACTORY = new OutputFactoryImpl();

    private static final String MSG = Namespaces.MESSAGE;

    private EnvelopeWriter() {}

    static XMLStreamWriter2 writer(OutputStream target) throws XMLStreamException {
        return (XMLStreamWriter2) FACTORY.createXMLStreamWriter(target, "UTF-8");
    }

    /** A ResponseMessage, its payload given as gzip-compressed bytes without an XML declaration; empty for none. */
    static void response(
            OutputStream target, MessageHeader header, ZoneId zone, Reply reply, byte[] payloadGz, boolean compressed)
            throws XMLStreamException, IOException {
        XMLStreamWriter out = writer(target);
        declare(out);
        open(out, "ResponseMessage", header, zone);
        reply(out, reply);
        if (payloadGz.length > 0) {
            out.writeStartElement(MSG, "Payload");
            if (compressed) {
                compressed(out, payloadGz);
            } else {
                out.writeCharacters("");
                out.flush();
                new GZIPInputStream(new ByteArrayInputStream(payloadGz)).transferTo(target);
            }
            out.writeEndElement();
        }
        out.writeEndDocument();
        out.close();
    }

    /** A FaultMessage: even the header could not be read. */
    static void fault(OutputStream target, Reply reply) throws XMLStreamException {
        XMLStreamWriter out = writer(target);
        declare(out);
        root(out, "FaultMessage");
        reply(out, reply);
        out.writeEndDocument();
        out.close();
    }

    static void declare(XMLStreamWriter out) throws XMLStreamException {
        out.writeStartDocument("UTF-8", "1.0");
        out.writeCharacters("\n");
    }

    private static void root(XMLStreamWriter out, String kind) throws XMLStreamException {
        out.setDefaultNamespace(MSG);
        out.writeStartElement("", kind, MSG);
        out.writeDefaultNamespace(MSG);
    }

    static void open(XMLStreamWriter out, String kind, MessageHeader header, ZoneId zone) throws XMLStreamException {
        root(out, kind);
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
        leaf(out, "AckRequired", kind.equals("EventMessage") ? "true" : "");
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

    private static void reply(XMLStreamWriter out, Reply reply) throws XMLStreamException {
        out.writeStartElement(MSG, "Reply");
        leaf(out, "Result", reply.result().name());
        for (Reply.Error e : reply.errors()) {
            out.writeStartElement(MSG, "Error");
            leaf(out, "code", e.code());
            leaf(out, "level", e.level().name());
            leaf(out, "reason", e.reason());
            leaf(out, "details", e.details());
            if (!e.id().isEmpty()) {
                out.writeStartElement(MSG, "ID");
                out.writeAttribute("kind", "name");
                out.writeAttribute("objectType", e.object());
                out.writeCharacters(e.id());
                out.writeEndElement();
            }
            out.writeEndElement();
        }
        out.writeEndElement();
    }

    /** The payload as gzip in text form (Payload/Compressed). */
    static void compressed(XMLStreamWriter out, byte[] gzip) throws XMLStreamException {
        leaf(out, "Compressed", Base64.getEncoder().encodeToString(gzip));
        leaf(out, "Format", "XML");
    }

    static void leaf(XMLStreamWriter out, String name, String text) throws XMLStreamException {
        if (!text.isEmpty()) {
            out.writeStartElement(MSG, name);
            out.writeCharacters(text);
            out.writeEndElement();
        }
    }
}
