package org.telar.collector.integration.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.queue.ReadingsQueue;

/**
 * Takes messages from the queue and writes each as a file. The session is transacted and committed after the rename, so
 * a crash at any point delivers the message again, under the same name (R64). A message that is damaged is set aside and
 * taken from the queue (reliability rule 13); a disk that fails keeps the message on the queue. One thread uses it.
 */
public final class QueueToFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueToFile.class);
    private static final int BUFFER = 1 << 16;

    private final ConnectionFactory factory;
    private final LegacyFolder folder;
    private final long maximumBytes;
    private final Arrows arrows;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong poison = new AtomicLong();
    private Connection connection;
    private Session session;
    private MessageConsumer consumer;

    /** Content that can never become a file. */
    private static final class Poison extends IOException {
        private static final long serialVersionUID = 1L;

        Poison(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** @param maximumBytes of one uncompressed message; a larger one is set aside */
    public QueueToFile(ConnectionFactory factory, LegacyFolder folder, long maximumBytes, Arrows arrows) {
        this.factory = factory;
        this.folder = folder;
        this.maximumBytes = maximumBytes;
        this.arrows = arrows;
    }

    /**
     * Takes one message, if one comes in time.
     *
     * @return whether one was taken
     * @throws JMSException when the broker cannot be reached; call again later
     * @throws IOException when the file cannot be written; the message stays on the queue
     */
    public boolean take(Duration patience) throws JMSException, IOException {
        try {
            connect();
            Message message = consumer.receive(patience.toMillis());
            if (message == null) {
                return false;
            }
            store(message);
            session.commit();
            return true;
        } catch (JMSException | IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Files written since the start. */
    public long written() {
        return written.get();
    }

    /** Messages set aside since the start. */
    public long poison() {
        return poison.get();
    }

    private void connect() throws JMSException {
        if (connection == null) {
            connection = factory.createConnection();
            session = connection.createSession(true, Session.SESSION_TRANSACTED);
            consumer = session.createConsumer(session.createQueue(ReadingsQueue.NAME));
            connection.start();
        }
    }

    private void store(Message message) throws JMSException, IOException {
        String said = property(message, ReadingsQueue.SHA256);
        try {
            if (said.matches("[0-9a-f]{64}")) {
                Path target = folder.inbox().resolve(LegacyFolder.name(created(message), type(message), said));
                LegacyFolder.write(target, out -> copy(message, out, said), arrows);
            } else {
                foreign(message);
            }
            written.incrementAndGet();
        } catch (Poison e) {
            poison.incrementAndGet();
            Path aside = folder.quarantine().resolve("message-" + UUID.randomUUID() + ".bin");
            LOG.error(
                    "Message {} from the queue is damaged ({}); kept as {}, not loaded",
                    message.getJMSMessageID(),
                    e.getMessage(),
                    aside);
            LegacyFolder.write(aside, out -> raw(message, out), Arrows.QUIET);
        }
    }

    /** Another system's message: its name is known only when its content is. */
    private void foreign(Message message) throws JMSException, IOException {
        Path unnamed = folder.inbox().resolve(".foreign-" + UUID.randomUUID());
        String[] sha = {""};
        LegacyFolder.write(unnamed, out -> sha[0] = copy(message, out, ""), Arrows.QUIET);
        String name = LegacyFolder.name(created(message), type(message), sha[0]);
        LegacyFolder.rename(unnamed, folder.inbox().resolve(name));
    }

    private String copy(Message message, OutputStream out, String said) throws IOException {
        MessageDigest sha256 = sha256();
        try (InputStream in = body(message)) {
            OutputStream digested = new DigestOutputStream(out, sha256);
            byte[] buffer = new byte[BUFFER];
            long size = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                size += n;
                if (size > maximumBytes) {
                    throw new Poison("larger than " + maximumBytes + " bytes", null);
                }
                digested.write(buffer, 0, n);
            }
        } catch (EOFException | ZipException e) {
            throw new Poison("compression is broken: " + e.getMessage(), e);
        }
        String found = HexFormat.of().formatHex(sha256.digest());
        if (!said.isEmpty() && !said.equals(found)) {
            throw new Poison("SHA-256 is " + found + ", expected " + said, null);
        }
        return found;
    }

    private static InputStream body(Message message) throws IOException {
        InputStream raw = rawBody(message);
        return property(message, ReadingsQueue.ENCODING).equals("gzip") ? new GZIPInputStream(raw, BUFFER) : raw;
    }

    private static void raw(Message message, OutputStream out) throws IOException {
        try (InputStream in = rawBody(message)) {
            in.transferTo(out);
        }
    }

    private static InputStream rawBody(Message message) throws IOException {
        try {
            if (message instanceof BytesMessage bytes) {
                bytes.reset();
                return new BodyStream(bytes);
            }
            String text = message instanceof TextMessage t && t.getText() != null ? t.getText() : "";
            return new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        } catch (JMSException e) {
            throw new IOException("the message's body cannot be read", e);
        }
    }

    private static Instant created(Message message) throws JMSException {
        try {
            return Instant.parse(property(message, ReadingsQueue.CREATED));
        } catch (DateTimeParseException e) {
            return Instant.ofEpochMilli(message.getJMSTimestamp());
        }
    }

    private static String type(Message message) {
        String type = property(message, ReadingsQueue.DATA_TYPE);
        return type.matches("[A-Z_]{1,32}") ? type : "FOREIGN";
    }

    private static String property(Message message, String name) {
        try {
            String value = message.getStringProperty(name);
            return value == null ? "" : value;
        } catch (JMSException e) {
            return "";
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
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

    private static final class BodyStream extends InputStream {
        private final BytesMessage message;

        BodyStream(BytesMessage message) {
            this.message = message;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (len == 0) {
                return 0;
            }
            try {
                byte[] chunk = off == 0 && len == b.length ? b : new byte[len];
                int n = message.readBytes(chunk, len);
                if (n > 0 && chunk != b) {
                    System.arraycopy(chunk, 0, b, off, n);
                }
                return n;
            } catch (JMSException e) {
                throw new IOException("the message's body cannot be read", e);
            }
        }
    }
}
