package org.telar.collector.integration.cim;

/** What real senders put around header and payload: message roots of any name, SOAP, the Payload element itself. */
final class Wrapper {
    static final String SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/";
    static final String SOAP12 = "http://www.w3.org/2003/05/soap-envelope";

    private Wrapper() {}

    static boolean is(String name, String namespace) {
        return soap(namespace) && (name.equals("Envelope") || name.equals("Body"))
                || name.endsWith("Message")
                || name.equals("Payload") && namespace.equals(Namespaces.MESSAGE);
    }

    static boolean soap(String namespace) {
        return namespace.equals(SOAP11) || namespace.equals(SOAP12);
    }
}
