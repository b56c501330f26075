package org.telar.collector.integration.requests;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPInputStream;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.CimRequest;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.Reply;
import org.telar.collector.integration.cim.ReplyCodes;
import org.telar.collector.integration.cim.RequestReader;
import org.telar.collector.integration.cim.ResponseWriter;
import org.telar.collector.integration.messages.Courier;
import org.telar.collector.integration.messages.Destination;
import org.telar.collector.integration.messages.MessageJournal;
import org.telar.collector.integration.messages.Outbox;

/**
 * The one pipeline behind all channels: reads a request, refuses what cannot be, gives orders, plans and changes, and
 * answers at once. What it does, its journal and its reply are one transaction. The same Source and MessageID again: the
 * same reply; with other content: refused (2.15). Thread-safe.
 */
public final class RequestDesk {
    /** Of a plan or a configuration; a reading has a limit of its own. */
    private static final int MOST_METERS = 100_000;

    private static final Set<String> MAKE = Set.of("create", "change");
    private static final Set<String> REMOVE = Set.of("delete", "close");
    private static final Set<String> VERBS = Set.of("get", "create", "change", "delete", "close", "cancel");
    private static final Set<String> NOUNS = Set.of("MeterReadings", "MeterReadSchedule", "MeterConfig");

    private final RequestSettings settings;
    private final RequestStore store;
    private final MessageJournal journal;
    private final Outbox outbox;
    private final TransactionTemplate transactions;
    private final TransactionTemplate savepoint;
    private final OrderDesk orders;
    private final ReadingsAsk readings;
    private final ScheduleAsk schedules;
    private final ConfigAsk configs;
    private final Clock clock;

    /**
     * The immediate reply.
     *
     * @param fault true for a FaultMessage: not even the header could be read
     */
    public record Immediate(byte[] body, CimRequest.Wrap wrap, boolean fault) {}

    RequestDesk(
            RequestSettings settings,
            RequestStore store,
            MessageJournal journal,
            Outbox outbox,
            TransactionTemplate transactions,
            OrderDesk orders,
            ReadingsAsk readings,
            ScheduleAsk schedules,
            ConfigAsk configs,
            Clock clock) {
        this.settings = settings;
        this.store = store;
        this.journal = journal;
        this.outbox = outbox;
        this.transactions = transactions;
        this.savepoint = new TransactionTemplate(transactions.getTransactionManager());
        this.savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        this.orders = orders;
        this.readings = readings;
        this.schedules = schedules;
        this.configs = configs;
        this.clock = clock;
    }

    /**
     * Takes one message; never throws for what the message holds.
     *
     * @param body XML, perhaps compressed with gzip
     */
    public Immediate take(byte[] body, Channel channel) {
        CimRequest request;
        try {
            request = RequestReader.read(plain(body), settings.limits(), MOST_METERS);
        } catch (RequestReader.Refused e) {
            return refused(body, channel, e);
        } catch (IOException e) {
            CimException broken = new CimException(CimException.SCHEMA, "compression is broken: " + e.getMessage(), e);
            return fault(body, channel, broken.code(), broken.getMessage(), CimRequest.Wrap.PLAIN);
        }
        byte[] fingerprint = Fingerprint.of(request);
        for (int race = 0; ; race++) {
            Optional<RequestStore.Stored> known =
                    store.find(request.header().source(), request.header().messageId());
            if (known.isPresent()) {
                return again(body, channel, request, fingerprint, known.get());
            }
            Optional<Immediate> first = transactions.execute(status -> first(body, channel, request, fingerprint));
            if (first.isPresent() || race > 2) {
                return first.orElseThrow(() -> new IllegalStateException("a request comes and goes"));
            }
        }
    }

    /** @return empty when another thread was quicker with the same request */
    private Optional<Immediate> first(byte[] body, Channel channel, CimRequest request, byte[] fingerprint) {
        Optional<Destination> address = request.replyAddress().isEmpty()
                ? Optional.of(channel.reply())
                : Destination.of(request.replyAddress(), settings.replyUrls());
        boolean compress = request.options().getOrDefault("Compression", "").equalsIgnoreCase("gzip");
        Optional<Long> id = store.begin(request, fingerprint, channel, address.orElse(channel.reply()), compress);
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Verdict verdict = address.isEmpty()
                ? Verdict.refused(
                        CimException.HEADER,
                        "REPLY_ADDRESS",
                        "ReplyAddress is a queue, or an https address that this site allows; got "
                                + request.replyAddress())
                : verdict(request);
        MessageHeader header = header(request.header());
        byte[] reply = wrapped(ResponseWriter.response(header, settings.zone(), verdict.reply()), request.wrap());
        store.settle(id.get(), verdict, reply);
        note(body, channel, request, verdict, header, reply);
        return Optional.of(new Immediate(reply, request.wrap(), false));
    }

    private void note(byte[] body, Channel channel, CimRequest request, Verdict v, MessageHeader header, byte[] reply) {
        String kind = channel.kind().name();
        journal.note(MessageJournal.Note.in(kind, request.header(), v.orders(), v.meters(), body)
                .settled(
                        v.reply().result().name(),
                        v.reply().code(),
                        request.ask().getClass().getSimpleName()));
        journal.note(MessageJournal.Note.out(kind, header, v.orders(), v.meters(), Optional.of(v.reply()), reply));
    }

    /** A request that is refused half way has done nothing: the journal and the reply stay, the rest is undone. */
    private Verdict verdict(CimRequest r) {
        try {
            return savepoint.execute(status -> {
                try {
                    return decide(r);
                } catch (CimException e) {
                    throw new RefusedHalfWay(e);
                }
            });
        } catch (RefusedHalfWay e) {
            return Verdict.refused(e.why().code(), "", e.why().getMessage());
        } catch (IllegalArgumentException e) {
            return Verdict.refused(CimException.TOO_MANY, "", e.getMessage());
        }
    }

    private static final class RefusedHalfWay extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedHalfWay(CimException why) {
            super(why);
        }

        CimException why() {
            return (CimException) getCause();
        }
    }

    private Verdict decide(CimRequest r) throws CimException {
        String verb = r.header().verb();
        String noun = r.header().noun().equals("GetMeterReadings")
                ? "MeterReadings"
                : r.header().noun();
        if (!settings.sources().isEmpty()
                && !settings.sources().contains(r.header().source())) {
            throw new CimException(ReplyCodes.SOURCE, "Source " + r.header().source() + " may not ask here");
        }
        if (!VERBS.contains(verb)) {
            throw new CimException(CimException.VERB, "verb " + String.join(", ", VERBS) + " expected, got " + verb);
        }
        if (!NOUNS.contains(noun)) {
            throw new CimException(CimException.NOUN, "noun " + String.join(", ", NOUNS) + " expected, got " + noun);
        }
        if (verb.equals("cancel")) {
            return cancel(r, noun);
        }
        if (noun.equals("MeterReadings") && verb.equals("get")) {
            CimRequest.Readings ask = payload(r, CimRequest.Readings.class, ReadingsAsk.REQUEST);
            if (ask.devices().size() > settings.maximumMeters()) {
                throw new CimException(
                        CimException.TOO_MANY,
                        "at most " + settings.maximumMeters() + " meters a request, got "
                                + ask.devices().size() + "; a MeterReadSchedule takes more");
            }
            return readings.take(r, ask);
        }
        if (noun.equals("MeterReadSchedule") && MAKE.contains(verb)) {
            return schedules.take(r, payload(r, CimRequest.Schedule.class, "1.7"));
        }
        if (noun.equals("MeterReadSchedule") && REMOVE.contains(verb)) {
            return cancel(r, noun);
        }
        if (noun.equals("MeterConfig") && (MAKE.contains(verb) || REMOVE.contains(verb))) {
            return configs.take(payload(r, CimRequest.Config.class, "1.7"), REMOVE.contains(verb));
        }
        throw new CimException(CimException.VERB, "verb " + verb + " does not go with noun " + noun);
    }

    private static <T> T payload(CimRequest r, Class<T> type, String code) throws CimException {
        if (!type.isInstance(r.ask())) {
            throw new CimException(
                    code,
                    "the request has no payload that goes with noun "
                            + r.header().noun());
        }
        return type.cast(r.ask());
    }

    /** What is to be cancelled is named by its MessageID: as CorrelationID, or as ID. */
    private Verdict cancel(CimRequest r, String noun) throws CimException {
        Set<String> named = new LinkedHashSet<>(r.ids());
        if (!r.header().correlationId().isEmpty()) {
            named.add(r.header().correlationId());
        }
        if (named.isEmpty()) {
            throw new CimException(ReadingsAsk.REQUEST, "CorrelationID or ID must name the request to cancel");
        }
        List<String> cancelled = new java.util.ArrayList<>();
        for (String id : named) {
            if (noun.equals("MeterReadSchedule")) {
                String source = r.header().source();
                if (!schedules.desk().cancel(ScheduleAsk.name(source, id), "cim:" + source)) {
                    throw new CimException(CimException.REQUEST_ID, "no plan that could be cancelled as " + id);
                }
            } else {
                cancelled.addAll(cancelReadings(r, id));
            }
        }
        return new Verdict(Reply.ok(), List.of(), List.of(), cancelled, List.of());
    }

    private List<String> cancelReadings(CimRequest r, String id) throws CimException {
        RequestStore.Stored target = store.find(r.header().source(), id)
                .filter(RequestStore.Stored::open)
                .orElseThrow(() -> new CimException(
                        CimException.REQUEST_ID, "no open request of this Source has the MessageID " + id));
        List<String> own = store.cancel(target.id());
        own.forEach(order -> orders.cancel(order, "cim:" + r.header().source()));
        return own;
    }

    private Immediate again(
            byte[] body, Channel channel, CimRequest request, byte[] fingerprint, RequestStore.Stored known) {
        String kind = channel.kind().name();
        if (!Arrays.equals(fingerprint, known.fingerprint())) {
            Verdict other = Verdict.refused(
                    CimException.REQUEST_ID,
                    "MESSAGE_ID",
                    "MessageID " + known.messageId() + " was used before for other content; nothing was done");
            MessageHeader header = header(request.header());
            byte[] reply = wrapped(ResponseWriter.response(header, settings.zone(), other.reply()), request.wrap());
            transactions.executeWithoutResult(s -> note(body, channel, request, other, header, reply));
            return new Immediate(reply, request.wrap(), false);
        }
        return transactions.execute(status -> {
            List<byte[]> kept = outbox.kept(known.id());
            if (!known.open()) {
                outbox.again(known.id());
            }
            // Where the answer has no other way to its asker, asking again fetches it.
            byte[] reply = kept.isEmpty() ? known.firstReply() : Courier.plain(kept.get(0));
            journal.note(MessageJournal.Note.in(kind, request.header(), List.of(), List.of(), body)
                    .settled("OK", "0.0", "repeated: the same reply"));
            return new Immediate(reply, known.wrap(), false);
        });
    }

    private Immediate refused(byte[] body, Channel channel, RequestReader.Refused e) {
        boolean answerable = e.partial()
                .filter(p ->
                        !p.header().messageId().isEmpty() && !p.header().verb().isEmpty())
                .isPresent();
        if (!answerable) {
            return fault(body, channel, e.code(), e.getMessage(), e.wrap());
        }
        CimRequest partial = e.partial().orElseThrow();
        Verdict verdict = Verdict.refused(e.code(), "", e.getMessage());
        MessageHeader header = header(partial.header());
        byte[] reply = wrapped(ResponseWriter.response(header, settings.zone(), verdict.reply()), partial.wrap());
        transactions.executeWithoutResult(s -> note(body, channel, partial, verdict, header, reply));
        return new Immediate(reply, partial.wrap(), false);
    }

    private Immediate fault(byte[] body, Channel channel, String code, String words, CimRequest.Wrap wrap) {
        Reply reply = Reply.failed(List.of(Reply.Error.of(code, "", words)));
        byte[] fault = wrapped(ResponseWriter.fault(reply), wrap);
        MessageHeader nobody = new MessageHeader("", "", Optional.empty(), "", "", "", java.util.Map.of());
        journal.note(MessageJournal.Note.in(channel.kind().name(), nobody, List.of(), List.of(), body)
                .settled("FAILED", code, words));
        return new Immediate(fault, wrap, true);
    }

    private MessageHeader header(MessageHeader request) {
        return new MessageHeader(
                "reply",
                request.noun().isEmpty() ? "MeterReadings" : request.noun(),
                Optional.of(clock.instant()),
                settings.source(),
                UUID.randomUUID().toString(),
                request.messageId(),
                java.util.Map.of());
    }

    /** An answer comes in what the request came in. */
    static byte[] wrapped(byte[] message, CimRequest.Wrap wrap) {
        return wrap == CimRequest.Wrap.PLAIN ? message : Soap.envelope(message, wrap);
    }

    private static InputStream plain(byte[] body) throws IOException {
        boolean gzip = body.length > 2 && body[0] == 0x1F && (body[1] & 0xFF) == 0x8B;
        InputStream in = new ByteArrayInputStream(body);
        return gzip ? new GZIPInputStream(in, 1 << 14) : new BufferedInputStream(in);
    }
}
