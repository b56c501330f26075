package org.telar.collector.alarms;

import java.util.List;
import java.util.stream.Stream;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tells changes of alarms as JSON, oldest first: on a JMS topic, and by MQTT to each recipient below its own
 * {@code down}, where the broker's rules already let it listen, and nobody else. What the broker has not taken stays in
 * the table. One thread uses it.
 */
final class AlarmTopic implements AutoCloseable {
    private static final int AT_ONCE = 200;
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    private final JdbcTemplate jdbc;
    private final ConnectionFactory factory;
    private final List<String> topics;
    private Connection connection;
    private Session session;
    private MessageProducer producer;

    private record Notice(long id, String change, String body) {}

    AlarmTopic(JdbcTemplate jdbc, ConnectionFactory factory, AlarmSettings settings) {
        this.jdbc = jdbc;
        this.factory = factory;
        this.topics = Stream.concat(
                        Stream.of(settings.topic()),
                        settings.recipients().stream().map(r -> "telar.v1." + r + ".down.alarms"))
                .toList();
    }

    /** @return whether there may be more right now */
    boolean send() throws JMSException {
        List<Notice> notices = jdbc.query(
                "SELECT notice_id, change, body FROM alarm_notice ORDER BY notice_id LIMIT " + AT_ONCE,
                (r, n) -> new Notice(r.getLong(1), r.getString(2), r.getString(3)));
        try {
            for (Notice notice : notices) {
                connect();
                for (String topic : topics) {
                    TextMessage message = session.createTextMessage(notice.body());
                    message.setStringProperty(DUPLICATE_ID, "alarm-" + notice.id() + "-" + topic);
                    message.setJMSType(notice.change());
                    producer.send(session.createTopic(topic), message, DeliveryMode.PERSISTENT, 4, 0);
                }
                jdbc.update("DELETE FROM alarm_notice WHERE notice_id = ?", notice.id());
            }
        } catch (JMSException e) {
            close();
            throw e;
        }
        return notices.size() == AT_ONCE;
    }

    private void connect() throws JMSException {
        if (connection == null) {
            connection = factory.createConnection();
            session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            producer = session.createProducer(null);
        }
    }

    @Override
    public void close() throws JMSException {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
