package org.telar.collector.integration.messages;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.telar.collector.integration.queue.ReadingsQueue;

/**
 * To JMS queues, persistent, as text. Nobody may be listening: a message expires, so that a queue without a reader does
 * not grow for ever. One thread uses it.
 */
public final class JmsCarrier implements Courier.Carrier, AutoCloseable {
    private final ConnectionFactory factory;
    private final Duration expiry;
    private Connection connection;
    private Session session;
    private MessageProducer producer;

    public JmsCarrier(ConnectionFactory factory, Duration expiry) {
        this.factory = factory;
        this.expiry = expiry;
    }

    @Override
    public Destination.Kind kind() {
        return Destination.Kind.JMS;
    }

    @Override
    public void carry(Courier.Letter letter) throws JMSException {
        try {
            connect();
            TextMessage message = session.createTextMessage(new String(letter.body(), StandardCharsets.UTF_8));
            // The outbox row's id, not the MessageID: an answer that is sent again on request must not be dropped.
            message.setStringProperty(ReadingsQueue.DUPLICATE_ID, "cim-out-" + letter.id() + "-" + letter.messageId());
            message.setStringProperty("MessageID", letter.messageId());
            message.setJMSCorrelationID(letter.correlation());
            message.setJMSType(letter.noun());
            producer.send(
                    session.createQueue(letter.destination()), message, DeliveryMode.PERSISTENT, 4, expiry.toMillis());
        } catch (JMSException e) {
            close();
            throw e;
        }
    }

    private void connect() throws JMSException {
        if (connection == null) {
            connection = factory.createConnection();
            session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            producer = session.createProducer(null);
            connection.start();
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (JMSException e) {
                // the next letter opens another one
            }
            connection = null;
        }
    }
}
