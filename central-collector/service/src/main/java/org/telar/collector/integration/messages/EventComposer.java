package org.telar.collector.integration.messages;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.xml.stream.XMLStreamException;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.integration.cim.CimRequest;
import org.telar.collector.integration.cim.EndDeviceEventsWriter;
import org.telar.collector.integration.cim.EndDeviceEventsWriter.Item;
import org.telar.collector.integration.cim.EventTypes;
import org.telar.collector.integration.cim.GzipBuffer;
import org.telar.collector.integration.cim.MessageHeader;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns stored events into {@code created EndDeviceEvents} messages on their own channel (R35, G8). The event's row is
 * the duty to send it; taking it and fixing the bytes is one transaction (D11). Which events go out, and as what, says
 * the table. One thread uses it; several may share a database.
 */
public final class EventComposer {
    private static final int AT_ONCE = 500;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final EventTypes types;
    private final Outbox outbox;
    private final MessageJournal journal;
    private final Destination to;
    private final String source;
    private final ZoneId zone;
    private final Clock clock;

    private record Row(
            String id,
            String gateway,
            String meter,
            String code,
            String severity,
            Instant at,
            String text,
            Map<String, String> detail) {}

    public EventComposer(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            EventTypes types,
            Outbox outbox,
            MessageJournal journal,
            Destination to,
            String source,
            ZoneId zone,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.types = types;
        this.outbox = outbox;
        this.journal = journal;
        this.to = to;
        this.source = source;
        this.zone = zone;
        this.clock = clock;
    }

    /** @return whether there may be more right now */
    public boolean compose() {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            List<Row> rows = jdbc.query(
                    "SELECT event_id, gateway, meter_no, code, severity, at, text, detail FROM event WHERE cim_pending"
                            + " ORDER BY received_at, event_id LIMIT ? FOR UPDATE SKIP LOCKED",
                    (r, n) -> new Row(
                            r.getString(1),
                            r.getString(2),
                            r.getString(3),
                            r.getString(4),
                            r.getString(5),
                            r.getTimestamp(6).toInstant(),
                            r.getString(7),
                            JSON.readValue(r.getString(8), new TypeReference<Map<String, String>>() {})),
                    AT_ONCE);
            List<Item> items = rows.stream().flatMap(r -> item(r).stream()).toList();
            if (!items.isEmpty()) {
                send(items);
            }
            jdbc.batchUpdate(
                    "UPDATE event SET cim_pending = false WHERE event_id = ?",
                    rows.stream().map(r -> new Object[] {r.id()}).toList());
            return rows.size() == AT_ONCE;
        }));
    }

    private Optional<Item> item(Row r) {
        Optional<EventTypes.EventType> type = types.of(r.code(), r.detail().getOrDefault("dlms", ""));
        boolean cleared = r.detail().getOrDefault("cleared", "").equals("true");
        return type.map(t -> new Item(
                r.id(),
                r.gateway(),
                r.meter(),
                r.at(),
                r.severity(),
                r.code(),
                r.text(),
                new TreeMap<>(r.detail()),
                cleared ? t.cleared() : t));
    }

    private void send(List<Item> items) {
        String id = UUID.randomUUID().toString();
        MessageHeader header = new MessageHeader(
                "created",
                "EndDeviceEvents",
                Optional.of(clock.instant()),
                source,
                id,
                id,
                Map.of("MessageIndex", "1/1"));
        ByteArrayOutputStream xml = new ByteArrayOutputStream();
        try (EndDeviceEventsWriter writer = new EndDeviceEventsWriter(xml, header, zone)) {
            for (Item item : items) {
                writer.event(item);
            }
        } catch (XMLStreamException e) {
            throw new IllegalStateException("events cannot be written", e);
        }
        byte[] body = xml.toByteArray();
        outbox.add(Optional.empty(), to, "EndDeviceEvents", id, id, CimRequest.Wrap.PLAIN, GzipBuffer.of(body));
        List<String> orders = new ArrayList<>();
        List<String> meters = new ArrayList<>();
        for (Item item : items) {
            if (!item.meter().isEmpty()) {
                meters.add(item.meter());
            }
            if (item.detail().containsKey("order")) {
                orders.add(item.detail().get("order"));
            }
        }
        journal.note(MessageJournal.Note.out(to.kind().name(), header, orders, meters, Optional.empty(), body));
    }
}
