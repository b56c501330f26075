package org.telar.api.uplink;

/** The link to the centre. It drains the outbox by itself; nobody hands it readings. */
public interface Uplink {
    boolean isConnected();

    /**
     * Publishes something that is worth nothing later (status, receipt of an order): dropped when the link is down.
     *
     * @param topic last part of the topic: {@code status} or {@code receipts}
     */
    void publishTransient(String topic, byte[] payload);
}
