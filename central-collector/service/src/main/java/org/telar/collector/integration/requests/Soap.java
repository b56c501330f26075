package org.telar.collector.integration.requests;

import java.nio.charset.StandardCharsets;

import org.telar.collector.integration.cim.CimRequest;

/** A message in a SOAP envelope. */
final class Soap {
    private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    private Soap() {}

    /** @param message UTF-8, with or without an XML declaration */
    static byte[] envelope(byte[] message, CimRequest.Wrap wrap) {
        String xml = new String(message, StandardCharsets.UTF_8);
        String inner = xml.startsWith("<?xml") ? xml.substring(xml.indexOf("?>") + 2) : xml;
        String namespace = wrap == CimRequest.Wrap.SOAP11
                ? "http://schemas.xmlsoap.org/soap/envelope/"
                : "http://www.w3.org/2003/05/soap-envelope";
        return (DECLARATION + "<soap:Envelope xmlns:soap=\"" + namespace + "\"><soap:Body>" + inner.strip()
                        + "</soap:Body></soap:Envelope>")
                .getBytes(StandardCharsets.UTF_8);
    }
}
