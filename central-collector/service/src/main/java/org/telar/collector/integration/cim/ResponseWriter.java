package org.telar.collector.integration.cim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import javax.xml.stream.XMLStreamException;

/** Writes ResponseMessages and FaultMessages (IEC 61968-100), whole in memory: an answer is bounded by its request. */
public final class ResponseWriter {
    private static final byte[] NOTHING = new byte[0];

    private ResponseWriter() {}

    /** @param zone zone of the header's timestamp */
    public static byte[] response(MessageHeader header, ZoneId zone, Reply reply) {
        return response(header, zone, reply, NOTHING, false);
    }

    /**
     * @param payloadGz the payload's XML without a declaration, compressed; empty for none
     * @param compressed whether it stays so, in text form (Payload/Compressed)
     */
    public static byte[] response(
            MessageHeader header, ZoneId zone, Reply reply, byte[] payloadGz, boolean compressed) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try {
            EnvelopeWriter.response(target, header, zone, reply, payloadGz, compressed);
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a reply cannot be written", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }

    public static byte[] fault(Reply reply) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try {
            EnvelopeWriter.fault(target, reply);
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a fault cannot be written", e);
        }
        return target.toByteArray();
    }
}
