package org.telar.collector.integration.requests;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.Ko;
import org.telar.api.model.Poll;
import org.telar.collector.integration.DataType;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.GzipBuffer;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.MeterReadingsWriter;
import org.telar.collector.integration.cim.MeterRef;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.Reply;
import org.telar.collector.integration.cim.ReplyCodes;
import org.telar.collector.integration.cim.ResponseWriter;
import org.telar.collector.integration.messages.MessageJournal;
import org.telar.collector.integration.messages.Outbox;
import org.telar.collector.integration.queue.Reduced;

/**
 * The answer to a request, when the last of its orders is over: {@code reply MeterReadings} ResponseMessages with the
 * request's MessageID as CorrelationID, one data type each, cut at so many meters (R26, R27). Bytes, journal and the
 * request's new state are one transaction. One thread uses it; several may share a database.
 */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final int AT_ONCE = 50;

    private final RequestSettings settings;
    private final RequestStore store;
    private final OrderDesk orders;
    private final Outbox outbox;
    private final MessageJournal journal;
    private final TransactionTemplate transactions;
    private final ReadingTypes types;
    private final Qualities qualities;
    private final MeterDirectory directory;
    private final Clock clock;

    Answers(
            RequestSettings settings,
            RequestStore store,
            OrderDesk orders,
            Outbox outbox,
            MessageJournal journal,
            TransactionTemplate transactions,
            ReadingTypes types,
            Qualities qualities,
            MeterDirectory directory,
            Clock clock) {
        this.settings = settings;
        this.store = store;
        this.orders = orders;
        this.outbox = outbox;
        this.journal = journal;
        this.transactions = transactions;
        this.types = types;
        this.qualities = qualities;
        this.directory = directory;
        this.clock = clock;
    }

    /** One message of the answer: meters and what each brought. */
    private record Part(DataType type, Map<String, List<Poll>> polls) {}

    /** @return whether there may be more right now */
    boolean answer() {
        List<Long> ready = store.ready(AT_ONCE);
        for (long id : ready) {
            transactions.executeWithoutResult(status -> store.lock(id).ifPresent(this::answer));
        }
        return ready.size() == AT_ONCE;
    }

    private void answer(RequestStore.Stored request) {
        List<OrderDesk.Outcome> outcomes = new ArrayList<>();
        for (RequestStore.Item item : store.items(request.id())) {
            OrderDesk.Outcome o = orders.outcome(item.order(), !item.cancelled());
            outcomes.add(item.cancelled() ? cancelled(o) : o);
        }
        List<Part> parts = parts(request, outcomes);
        List<Reply.Error> errors = new ArrayList<>();
        for (OrderDesk.Outcome o : outcomes) {
            if (o.state() == OrderDesk.State.FAILED) {
                errors.add(Answer.error(o, Reply.Level.FATAL));
            } else if (o.state() == OrderDesk.State.WARNED) {
                errors.add(Answer.error(o, Reply.Level.WARNING));
            }
        }
        List<byte[]> payloads = new ArrayList<>();
        for (Part part : parts) {
            payloads.add(payload(part, errors));
        }
        silent(request, outcomes, parts, errors);
        List<Reply.Error> perMeter = Answer.onePerMeter(errors);
        Reply.Result result = result(outcomes, perMeter, parts.isEmpty());
        int count = Math.max(1, parts.size());
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            send(
                    request,
                    outcomes,
                    new Reply(result, codes(last ? perMeter : List.of(), last, count)),
                    i,
                    parts,
                    payloads);
        }
        store.answered(request.id());
        LOG.info("Request {} of {} answered: {} in {} part(s)", request.messageId(), request.source(), result, count);
    }

    private static OrderDesk.Outcome cancelled(OrderDesk.Outcome o) {
        return new OrderDesk.Outcome(
                o.order(),
                o.meter(),
                OrderDesk.State.FAILED,
                Optional.of(Ko.CANCELLED),
                "centre",
                "cancelled by its requester",
                List.of());
    }

    /** 0.1 and 0.2 say that an answer in parts goes on, or ends. */
    private static List<Reply.Error> codes(List<Reply.Error> errors, boolean last, int count) {
        if (count == 1) {
            return errors;
        }
        List<Reply.Error> all = new ArrayList<>();
        String code = last ? ReplyCodes.PARTIAL : ReplyCodes.MORE;
        all.add(new Reply.Error(code, Reply.Level.INFORM, "", last ? "last part" : "more parts follow", "", ""));
        all.addAll(errors);
        return all;
    }

    private static Reply.Result result(List<OrderDesk.Outcome> outcomes, List<Reply.Error> errors, boolean nothing) {
        boolean failed = outcomes.stream().allMatch(o -> o.state() == OrderDesk.State.FAILED);
        if (failed || nothing && !errors.isEmpty()) {
            return Reply.Result.FAILED;
        }
        return errors.isEmpty() ? Reply.Result.OK : Reply.Result.PARTIAL;
    }

    /** A good order without a value that was asked for: data unavailable. */
    private static void silent(
            RequestStore.Stored request, List<OrderDesk.Outcome> outcomes, List<Part> parts, List<Reply.Error> errors) {
        Set<String> told =
                parts.stream().flatMap(p -> p.polls().keySet().stream()).collect(Collectors.toSet());
        errors.forEach(e -> told.add(e.id()));
        for (OrderDesk.Outcome o : outcomes) {
            if (o.state() != OrderDesk.State.FAILED && told.add(o.meter())) {
                String words = request.readingTypes().isEmpty()
                        ? "the meter has no such data"
                        : "the meter has no such data of the reading types asked for";
                errors.add(Reply.Error.ofMeter("5.7", Reply.Level.WARNING, "NO_DATA", words, o.meter()));
            }
        }
    }

    private List<Part> parts(RequestStore.Stored request, List<OrderDesk.Outcome> outcomes) {
        Map<DataType, Map<String, List<Poll>>> byType = new LinkedHashMap<>();
        for (OrderDesk.Outcome o : outcomes) {
            for (Poll poll : o.polls()) {
                Poll wanted =
                        request.readingTypes().isEmpty() ? poll : Reduced.to(poll, Set.copyOf(request.readingTypes()));
                if (!wanted.profiles().isEmpty()) {
                    add(byType, DataType.LOAD_PROFILE, o.meter(), Reduced.to(wanted, DataType.LOAD_PROFILE));
                }
                if (!wanted.registers().isEmpty()) {
                    add(byType, DataType.REGISTERS, o.meter(), Reduced.to(wanted, DataType.REGISTERS));
                }
            }
        }
        List<Part> parts = new ArrayList<>();
        byType.forEach((type, meters) -> {
            Map<String, List<Poll>> chunk = new LinkedHashMap<>();
            for (Map.Entry<String, List<Poll>> meter : meters.entrySet()) {
                if (chunk.size() == settings.messageMeters()) {
                    parts.add(new Part(type, chunk));
                    chunk = new LinkedHashMap<>();
                }
                chunk.put(meter.getKey(), meter.getValue());
            }
            parts.add(new Part(type, chunk));
        });
        return parts;
    }

    private static void add(Map<DataType, Map<String, List<Poll>>> byType, DataType type, String meter, Poll poll) {
        byType.computeIfAbsent(type, t -> new LinkedHashMap<>())
                .computeIfAbsent(meter, m -> new ArrayList<>())
                .add(poll);
    }

    private byte[] payload(Part part, List<Reply.Error> errors) {
        GzipBuffer buffer = new GzipBuffer();
        try (MeterReadingsWriter writer = new MeterReadingsWriter(buffer.stream(), types, qualities)) {
            for (Map.Entry<String, List<Poll>> meter : part.polls().entrySet()) {
                MeterDirectory.Entry entry = directory.of(meter.getKey());
                MeterRef ref = MeterRef.of(meter.getKey(), entry.zone(), entry.commodity());
                for (MeterReadingsWriter.Unsendable u : writer.meter(ref, meter.getValue())) {
                    errors.add(Reply.Error.ofMeter(
                            ReplyCodes.UNSUPPORTED_TYPE,
                            Reply.Level.WARNING,
                            Ko.UNSUPPORTED.name(),
                            u.reason(),
                            meter.getKey()));
                }
            }
        } catch (XMLStreamException e) {
            throw new IllegalStateException("an answer cannot be written", e);
        }
        return buffer.finish();
    }

    private void send(
            RequestStore.Stored request,
            List<OrderDesk.Outcome> outcomes,
            Reply reply,
            int index,
            List<Part> parts,
            List<byte[]> payloads) {
        Map<String, String> properties = new LinkedHashMap<>();
        if (!parts.isEmpty()) {
            properties.put(MessageHeader.DATA_TYPE, parts.get(index).type().name());
        }
        properties.put(MessageHeader.MESSAGE_INDEX, index + 1 + "/" + Math.max(1, parts.size()));
        MessageHeader header = new MessageHeader(
                "reply",
                "MeterReadings",
                Optional.of(clock.instant()),
                settings.source(),
                UUID.randomUUID().toString(),
                request.messageId(),
                properties);
        byte[] message = ResponseWriter.response(
                header,
                settings.zone(),
                reply,
                parts.isEmpty() ? new byte[0] : payloads.get(index),
                request.compress());
        byte[] body = RequestDesk.wrapped(message, request.wrap());
        Set<String> meters = new LinkedHashSet<>();
        Set<String> ids = new LinkedHashSet<>();
        outcomes.forEach(o -> {
            meters.add(o.meter());
            ids.add(o.order());
        });
        outbox.add(
                Optional.of(request.id()),
                request.reply(),
                header.noun(),
                header.messageId(),
                request.messageId(),
                request.wrap(),
                GzipBuffer.of(body));
        journal.note(
                MessageJournal.Note.out(request.reply().kind().name(), header, ids, meters, Optional.of(reply), body));
    }
}
