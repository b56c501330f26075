package org.telar.collector.integration.queue;

/** Names on the queue that both of its ends use. */
public final class ReadingsQueue {
    /** The JMS queue of CIM messages on their way to the file folder. */
    public static final String NAME = "telar.cim.readings";

    /** Broker-side duplicate detection (Artemis); another broker ignores it. */
    public static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

    public static final String DATA_TYPE = "TelarDataType";
    /** SHA-256 of the uncompressed XML, hexadecimal. */
    public static final String SHA256 = "TelarSha256";
    /** When the message was composed, ISO 8601 in UTC. */
    public static final String CREATED = "TelarCreated";
    /** {@code gzip}, or absent for plain XML. */
    public static final String ENCODING = "ContentEncoding";

    private ReadingsQueue() {}
}
