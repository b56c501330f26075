package org.telar.collector.integration.requests;

/** Requests as other systems write them, for tests. */
final class Asks {
    static final String MSG = "http://iec.ch/TC57/2011/schema/message";

    private Asks() {}

    /** A RequestMessage with what is given inside its header and after it. */
    static String request(String verb, String noun, String source, String id, String header, String rest) {
        return "<RequestMessage xmlns=\"" + MSG + "\"><Header><Verb>" + verb + "</Verb><Noun>" + noun
                + "</Noun><Revision>2.0</Revision><Source>" + source + "</Source>" + header + "<MessageID>" + id
                + "</MessageID></Header>" + rest + "</RequestMessage>";
    }

    static String get(String source, String id, String header, String options, String payload) {
        return request(
                "get",
                "MeterReadings",
                source,
                id,
                "<AsyncReplyFlag>true</AsyncReplyFlag>" + header,
                "<Request>" + options + readings(payload) + "</Request>");
    }

    static String readings(String inside) {
        return "<g:GetMeterReadings xmlns:g=\"http://iec.ch/TC57/2011/GetMeterReadings#\">" + inside
                + "</g:GetMeterReadings>";
    }

    static String meter(String number) {
        return "<g:EndDevice>" + names("g", number, "MeterNumber") + "</g:EndDevice>";
    }

    static String names(String prefix, String name, String type) {
        return "<p:Names><p:name>".replace("p:", prefix + ":")
                + name
                + "</p:name><p:NameType><p:name>".replace("p:", prefix + ":")
                + type
                + "</p:name></p:NameType></p:Names>".replace("p:", prefix + ":");
    }

    static String type(String mrid) {
        return "<g:ReadingType><g:mRID>" + mrid + "</g:mRID></g:ReadingType>";
    }

    static String soap(String namespace, String message) {
        return "<s:Envelope xmlns:s=\"" + namespace + "\"><s:Header/><s:Body>" + message + "</s:Body></s:Envelope>";
    }
}
