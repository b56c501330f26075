package org.telar.collector.integration.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.sql.DataSource;

import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.telar.collector.integration.Arrows;

/**
 * Sends the outbox to the queue, oldest first, and marks what was sent. A crash between the two sends again: the same
 * bytes under the same duplicate id, which the broker drops, and if it has forgotten, the loader does (D11). Methods are
 * for one thread.
 */
public final class Relay implements AutoCloseable {
    private final DataSource smmc;
    private final ConnectionFactory factory;
    private final Clock clock;
    private final Arrows arrows;
    private jakarta.jms.Connection jms;
    private Session session;
    private MessageProducer producer;

    public Relay(DataSource smmc, ConnectionFactory factory, Clock clock, Arrows arrows) {
        this.smmc = smmc;
        this.factory = factory;
        this.clock = clock;
        this.arrows = arrows;
    }

    /**
     * Sends all that waits.
     *
     * @return number of messages sent
     * @throws JMSException when the broker cannot be reached or refuses; the rest waits for the next call
     */
    public int send() throws SQLException, JMSException {
        int sent = 0;
        while (sendNext()) {
            sent++;
        }
        return sent;
    }

    /** Drops the bytes of messages sent longer ago; the rows stay as the record of what went out. */
    public int forget(Duration age) throws SQLException {
        try (Connection db = smmc.getConnection();
                PreparedStatement outbox = db.prepareStatement(
                        "UPDATE cim_outbox SET xml_gz = NULL WHERE xml_gz IS NOT NULL AND sent_at < ?");
                PreparedStatement groups = db.prepareStatement("DELETE FROM ended_group e WHERE ended_at < ?"
                        + " AND NOT EXISTS (SELECT 1 FROM pending_work p WHERE p.work_group = e.work_group)")) {
            Timestamp before = Timestamp.from(clock.instant().minus(age));
            outbox.setTimestamp(1, before);
            groups.setTimestamp(1, before);
            groups.executeUpdate();
            return outbox.executeUpdate();
        }
    }

    private boolean sendNext() throws SQLException, JMSException {
        try (Connection db = smmc.getConnection()) {
            db.setAutoCommit(false);
            try {
                Optional<Long> id = next(db);
                if (id.isPresent()) {
                    arrows.passed(Arrows.Arrow.SENT);
                    mark(db, id.get());
                }
                db.commit();
                return id.isPresent();
            } catch (SQLException | JMSException | RuntimeException | Error e) {
                db.rollback();
                throw e;
            } finally {
                db.setAutoCommit(true);
            }
        }
    }

    private Optional<Long> next(Connection db) throws SQLException, JMSException {
        try (PreparedStatement query = db.prepareStatement(
                        "SELECT id, message_id, correlation, data_type, sha256, xml_gz, created_at FROM cim_outbox"
                                + " WHERE sent_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED");
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            send(row);
            return Optional.of(row.getLong(1));
        }
    }

    private void send(ResultSet row) throws SQLException, JMSException {
        try {
            connect();
            BytesMessage message = session.createBytesMessage();
            String id = row.getString(2);
            message.setStringProperty(ReadingsQueue.DUPLICATE_ID, id);
            message.setStringProperty(ReadingsQueue.DATA_TYPE, row.getString(4));
            message.setStringProperty(ReadingsQueue.SHA256, HexFormat.of().formatHex(row.getBytes(5)));
            message.setStringProperty(
                    ReadingsQueue.CREATED, row.getTimestamp(7).toInstant().toString());
            message.setStringProperty(ReadingsQueue.ENCODING, "gzip");
            message.setJMSCorrelationID(row.getString(3));
            message.setJMSType("MeterReadings");
            message.writeBytes(row.getBytes(6));
            producer.send(message, DeliveryMode.PERSISTENT, 4, 0);
        } catch (JMSException e) {
            close();
            throw e;
        }
    }

    /** Not transacted: a duplicate is then dropped by the broker without a word, where a transaction would roll back. */
    private void connect() throws JMSException {
        if (jms == null) {
            jms = factory.createConnection();
            session = jms.createSession(false, Session.AUTO_ACKNOWLEDGE);
            producer = session.createProducer(session.createQueue(ReadingsQueue.NAME));
            jms.start();
        }
    }

    private void mark(Connection db, long id) throws SQLException {
        try (PreparedStatement mark = db.prepareStatement("UPDATE cim_outbox SET sent_at = ? WHERE id = ?")) {
            mark.setTimestamp(1, Timestamp.from(clock.instant()));
            mark.setLong(2, id);
            mark.executeUpdate();
        }
    }

    @Override
    public void close() {
        if (jms != null) {
            try {
                jms.close();
            } catch (JMSException e) {
                // the next call opens another one
            }
            jms = null;
        }
    }
}
