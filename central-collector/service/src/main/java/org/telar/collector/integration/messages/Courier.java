package org.telar.collector.integration.messages;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.integration.IntegrationAlarms;

/**
 * Delivers the outbox, one message after the other; what cannot be delivered comes again after a growing pause, and is
 * given up with an alarm when it has waited too long (R35). A crash between delivery and mark delivers again, under the
 * same MessageID. One thread uses it; several couriers may share an outbox.
 */
public final class Courier {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final Outbox outbox;
    private final List<Carrier> carriers;
    private final TransactionTemplate transactions;
    private final IntegrationAlarms alarms;
    private final Clock clock;
    private final Duration patience;

    /** A letter on its way. */
    public record Letter(
            long id,
            String destination,
            String messageId,
            String correlation,
            String noun,
            String mediaType,
            byte[] body) {}

    /** Carries letters of one kind. */
    public interface Carrier {
        Destination.Kind kind();

        /** @throws Exception when it did not arrive, as far as is known */
        void carry(Letter letter) throws Exception;
    }

    /** @param patience then a message is given up */
    public Courier(
            Outbox outbox,
            List<Carrier> carriers,
            TransactionTemplate transactions,
            IntegrationAlarms alarms,
            Clock clock,
            Duration patience) {
        this.outbox = outbox;
        this.carriers = List.copyOf(carriers);
        this.transactions = transactions;
        this.alarms = alarms;
        this.clock = clock;
        this.patience = patience;
    }

    /** @return whether there was one to deliver */
    public boolean deliver() {
        return carriers.stream().map(this::deliver).reduce(false, Boolean::logicalOr);
    }

    private boolean deliver(Carrier carrier) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            Optional<Outbox.Waiting> next = outbox.next(List.of(carrier.kind().name()));
            next.ifPresent(w -> deliver(carrier, w));
            return next.isPresent();
        }));
    }

    private void deliver(Carrier carrier, Outbox.Waiting w) {
        try {
            carrier.carry(new Letter(
                    w.id(), w.destination(), w.messageId(), w.correlation(), w.noun(), w.content(), plain(w.bodyGz())));
            outbox.sent(w.id());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failed(w, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void failed(Outbox.Waiting w, String error) {
        boolean tooOld = clock.instant().isAfter(w.createdAt().plus(patience));
        if (tooOld) {
            String text = w.noun() + " " + w.messageId() + " to " + w.destination() + " could not be delivered since "
                    + w.createdAt() + ", last: " + error + "; it was given up.";
            outbox.givenUp(w.id(), error);
            alarms.raise(IntegrationAlarms.MESSAGE_UNDELIVERED, w.messageId(), text);
        } else {
            long factor = 1L << Math.min(w.attempts(), 12);
            Duration pause = FIRST_PAUSE.multipliedBy(factor);
            outbox.failed(w.id(), pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause, error);
            if (w.attempts() == 0) {
                LOG.warn(
                        "{} {} to {} did not arrive and comes again: {}",
                        w.noun(),
                        w.messageId(),
                        w.destination(),
                        error);
            }
        }
    }

    /** Uncompressed bytes of what we compressed ourselves. */
    public static byte[] plain(byte[] gzip) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
