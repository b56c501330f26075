package org.telar.collector.integration;

/** Messages as others write them, for tests. */
public final class Xml {
    public static final String LP = "0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.3.72.0";
    public static final String CLOSING = "11.0.0.1.1.1.12.0.0.0.0.0.0.0.0.3.72.0";

    private Xml() {}

    public static String event(String messageId, String properties, String payload) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<EventMessage xmlns=\"http://iec.ch/TC57/2011/schema/message\"><Header><Verb>created</Verb>"
                + "<Noun>MeterReadings</Noun><Revision>2.0</Revision><Timestamp>2026-11-20T02:00:00-03:00</Timestamp>"
                + "<Source>SMMC-HES</Source><MessageID>" + messageId + "</MessageID>" + properties
                + "</Header><Payload>" + payload + "</Payload></EventMessage>";
    }

    public static String property(String name, String value) {
        return "<Property><Name>" + name + "</Name><Value>" + value + "</Value></Property>";
    }

    public static String readings(String inside) {
        return "<m:MeterReadings xmlns:m=\"http://iec.ch/TC57/2011/MeterReadings#\">" + inside + "</m:MeterReadings>";
    }

    public static String meterReading(String meter, String blocks) {
        return "<m:MeterReading>" + blocks + "<m:Meter><m:mRID>id-" + meter + "</m:mRID><m:Names><m:name>" + meter
                + "</m:name><m:NameType><m:name>MeterNumber</m:name></m:NameType></m:Names></m:Meter></m:MeterReading>";
    }

    public static String block(String readingType, String... timesAndValues) {
        StringBuilder xml = new StringBuilder("<m:IntervalBlocks>");
        for (int i = 0; i < timesAndValues.length; i += 2) {
            xml.append("<m:IntervalReadings><m:timeStamp>")
                    .append(timesAndValues[i])
                    .append("</m:timeStamp><m:value>")
                    .append(timesAndValues[i + 1])
                    .append("</m:value></m:IntervalReadings>");
        }
        return xml + "<m:ReadingType ref=\"" + readingType + "\"/></m:IntervalBlocks>";
    }

    /** One good message: one meter, one value. */
    public static String good(String messageId, String meter, String value) {
        return event(
                messageId,
                property("DataType", "LOAD_PROFILE"),
                readings(meterReading(meter, block(LP, "2026-11-19T00:15:00-03:00", value))));
    }
}
