package org.telar.collector.integration.requests;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests from a JMS queue. Taking a message and sending its immediate reply is one JMS transaction after the
 * database's: a crash between the two delivers the request again, and it gets the same reply. One thread uses it.
 */
public final class JmsRequests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmsRequests.class);

    private final ConnectionFactory factory;
    private final RequestDesk desk;
    private final String requests;
    private final String replies;
    private final long maximumBytes;
    private final Duration expiry;
    private Connection connection;
    private Session session;
    private MessageConsumer consumer;
    private MessageProducer producer;

    /**
     * @param replies queue of immediate replies to messages without JMSReplyTo, and of answers without ReplyAddress
     * @param expiry a reply that nobody takes goes after so long
     */
    public JmsRequests(
            ConnectionFactory factory,
            RequestDesk desk,
            String requests,
            String replies,
            long maximumBytes,
            Duration expiry) {
        this.factory = factory;
        this.desk = desk;
        this.requests = requests;
        this.replies = replies;
        this.maximumBytes = maximumBytes;
        this.expiry = expiry;
    }

    /** Takes one message, if one comes in time. @return whether one was taken */
    public boolean take(Duration patience) throws JMSException {
        try {
            connect();
            Message message = consumer.receive(patience.toMillis());
            if (message == null) {
                return false;
            }
            serve(message);
            session.commit();
            return true;
        } catch (JMSException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void serve(Message message) throws JMSException {
        Destination to = message.getJMSReplyTo();
        String answers = replies;
        if (to instanceof Queue queue
                && org.telar.collector.integration.messages.Destination.of(queue.getQueueName(), java.util.Set.of())
                        .isPresent()) {
            answers = queue.getQueueName();
        } else {
            to = session.createQueue(replies);
        }
        RequestDesk.Immediate reply = desk.take(body(message), Channel.jms(answers));
        TextMessage out = session.createTextMessage(new String(reply.body(), StandardCharsets.UTF_8));
        String correlation = message.getJMSCorrelationID();
        out.setJMSCorrelationID(correlation == null ? message.getJMSMessageID() : correlation);
        producer.send(to, out, DeliveryMode.PERSISTENT, 4, expiry.toMillis());
    }

    /** A message that is too large, or has no body, is an empty one: the desk refuses it and says why. */
    private byte[] body(Message message) throws JMSException {
        if (message instanceof TextMessage text && text.getText() != null) {
            return text.getText().length() > maximumBytes
                    ? tooLarge(message)
                    : text.getText().getBytes(StandardCharsets.UTF_8);
        }
        if (message instanceof BytesMessage bytes) {
            if (bytes.getBodyLength() > maximumBytes) {
                return tooLarge(message);
            }
            byte[] body = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(body);
            return body;
        }
        return new byte[0];
    }

    private byte[] tooLarge(Message message) throws JMSException {
        LOG.warn("Request {} is larger than {} bytes and is refused", message.getJMSMessageID(), maximumBytes);
        return new byte[0];
    }

    private void connect() throws JMSException {
        if (connection == null) {
            connection = factory.createConnection();
            session = connection.createSession(true, Session.SESSION_TRANSACTED);
            consumer = session.createConsumer(session.createQueue(requests));
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
                // the next call opens another one
            }
            connection = null;
        }
    }
}
