package org.telar.collector.integration.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.model.FormatException;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReadingsWriter;
import org.telar.collector.integration.cim.MeterReadingsWriter.Unsendable;
import org.telar.collector.integration.cim.MeterRef;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.messages.MessageJournal;

/** The messages of one order or run, n of N, written meter by meter inside the composer's transaction. Not thread-safe. */
final class MessageBatch {
    private static final Logger LOG = LoggerFactory.getLogger(MessageBatch.class);
    private static final String UNSUPPORTED = "2.10";
    private static final String BROKEN = "1.7";

    private final Connection db;
    private final Composer.Ready work;
    private final String correlation;
    private final List<Integer> chunks;
    private final Instant now;
    private final ComposerSettings settings;
    private final ReadingTypes types;
    private final Qualities qualities;
    private final MeterDirectory meters;

    private String meter = "";
    private final List<Poll> polls = new ArrayList<>();
    private int chunk;
    private int inChunk;
    private int messages;
    private MessageHeader header;
    private final List<String> inMessage = new ArrayList<>();
    private GzipDigest bytes;
    private MeterReadingsWriter writer;

    MessageBatch(
            Connection db,
            Composer.Ready work,
            String correlation,
            List<Integer> chunks,
            Instant now,
            ComposerSettings settings,
            ReadingTypes types,
            Qualities qualities,
            MeterDirectory meters) {
        this.db = db;
        this.work = work;
        this.correlation = correlation;
        this.chunks = chunks;
        this.now = now;
        this.settings = settings;
        this.types = types;
        this.qualities = qualities;
        this.meters = meters;
    }

    /** Polls come sorted by meter. */
    void add(String number, byte[] poll) throws SQLException {
        if (!number.equals(meter)) {
            flushMeter();
            meter = number;
        }
        try {
            polls.add(PollCodec.decode(poll));
        } catch (FormatException e) {
            keep(BROKEN, "the poll cannot be decoded: " + e.getMessage(), poll);
        }
    }

    /** @return number of messages written */
    int finish() throws SQLException {
        flushMeter();
        return messages;
    }

    private void flushMeter() throws SQLException {
        if (meter.isEmpty()) {
            return;
        }
        try {
            if (writer == null) {
                open();
            }
            MeterDirectory.Entry entry = meters.of(meter);
            List<Unsendable> left = writer.meter(MeterRef.of(meter, entry.zone(), entry.commodity()), polls);
            if (!left.isEmpty()) {
                keep(left);
            }
            polls.clear();
            inMessage.add(meter);
            inChunk++;
            if (inChunk == chunks.get(chunk)) {
                close();
            }
        } catch (XMLStreamException e) {
            throw new UncheckedIOException(new IOException("message of " + correlation + " cannot be written", e));
        }
    }

    private void open() throws XMLStreamException {
        bytes = new GzipDigest();
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(MessageHeader.DATA_TYPE, work.type().name());
        properties.put(MessageHeader.MESSAGE_INDEX, chunk + 1 + "/" + chunks.size());
        inMessage.clear();
        header = new MessageHeader(
                "created",
                "MeterReadings",
                Optional.of(now),
                settings.source(),
                UUID.randomUUID().toString(),
                correlation,
                properties);
        writer = new MeterReadingsWriter(bytes, header, settings.zone(), types, qualities, settings.compress());
    }

    private void close() throws XMLStreamException, SQLException {
        writer.close();
        if (writer.readings() > 0 || chunks.size() > 1) {
            insert();
            messages++;
        }
        writer = null;
        chunk++;
        inChunk = 0;
    }

    private void insert() throws SQLException {
        GzipDigest.Result result = bytes.finish();
        try (PreparedStatement insert = db.prepareStatement(
                "INSERT INTO cim_outbox (message_id, correlation, gateway, data_type, message_index, message_count,"
                        + " meters, value_count, sha256, xml_size, xml_gz, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setObject(1, UUID.fromString(header.messageId()));
            insert.setString(2, correlation);
            insert.setString(3, work.gateway());
            insert.setString(4, work.type().name());
            insert.setInt(5, chunk + 1);
            insert.setInt(6, chunks.size());
            insert.setInt(7, inChunk);
            insert.setLong(8, writer.values());
            insert.setBytes(9, result.sha256());
            insert.setLong(10, result.size());
            insert.setBytes(11, result.gzip());
            insert.setTimestamp(12, Timestamp.from(now));
            insert.executeUpdate();
        }
        // Its text is in the outbox.
        MessageJournal.insert(
                db,
                new MessageJournal.Note(
                        MessageJournal.Direction.OUT,
                        "JMS",
                        header,
                        work.group().isEmpty() ? List.of() : List.of(work.group()),
                        inMessage,
                        "",
                        "",
                        "",
                        result.size(),
                        result.sha256(),
                        Optional.empty()),
                now);
    }

    /** Keeps the channels that have no reading type, alone: the others were sent. */
    private void keep(List<Unsendable> left) throws SQLException {
        Set<String> channels = left.stream().map(Unsendable::channel).collect(Collectors.toSet());
        String reason = left.stream().map(Unsendable::reason).distinct().collect(Collectors.joining("; "));
        for (Poll poll : polls) {
            Poll rest = Reduced.to(poll, channels);
            if (!rest.profiles().isEmpty() || !rest.registers().isEmpty()) {
                keep(UNSUPPORTED, reason, PollCodec.encode(rest));
            }
        }
    }

    private void keep(String code, String reason, byte[] poll) throws SQLException {
        LOG.warn("Kept back from the Legacy, meter {}: {} {}", meter, code, reason);
        try (PreparedStatement insert =
                db.prepareStatement("INSERT INTO cim_unsendable (gateway, work_group, data_type, meter, code, reason,"
                        + " poll, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, work.gateway());
            insert.setString(2, work.group());
            insert.setString(3, work.type().name());
            insert.setString(4, meter);
            insert.setString(5, code);
            insert.setString(6, reason);
            insert.setBytes(7, poll);
            insert.setTimestamp(8, Timestamp.from(now));
            insert.executeUpdate();
        }
    }
}
