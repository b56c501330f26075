package org.telar.collector.integration.requests;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.springframework.context.SmartLifecycle;
import org.telar.collector.integration.IntegrationSettings;
import org.telar.collector.integration.Worker;
import org.telar.collector.integration.messages.Courier;
import org.telar.collector.integration.messages.EventComposer;
import org.telar.collector.integration.messages.JmsCarrier;
import org.telar.collector.integration.messages.MessageJournal;
import org.telar.collector.integration.messages.Outbox;

/** Runs the channels beside that of the readings, each step on a thread of its own. */
final class MessageFlow implements SmartLifecycle {
    private static final Duration STOP = Duration.ofSeconds(4);
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final Duration TIDY = Duration.ofHours(6);

    private final Answers answers;
    private final EventComposer events;
    private final Courier courier;
    private final Courier poster;
    private final JmsCarrier toQueues;
    private final JmsRequests queue;
    private final FolderRequests folder;
    private final Outbox outbox;
    private final MessageJournal journal;
    private final IntegrationSettings settings;
    private final Clock clock;
    private List<Worker> workers = List.of();
    private Instant tidied = Instant.MIN;

    MessageFlow(
            Answers answers,
            EventComposer events,
            Courier courier,
            Courier poster,
            JmsCarrier toQueues,
            JmsRequests queue,
            FolderRequests folder,
            Outbox outbox,
            MessageJournal journal,
            IntegrationSettings settings,
            Clock clock) {
        this.answers = answers;
        this.events = events;
        this.courier = courier;
        this.poster = poster;
        this.toQueues = toQueues;
        this.queue = queue;
        this.folder = folder;
        this.outbox = outbox;
        this.journal = journal;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        workers = List.of(
                new Worker("answers", LOOK, answers::answer),
                new Worker("events", Duration.ofSeconds(1), () -> tidy() | events.compose()),
                new Worker("courier", LOOK, courier::deliver),
                // An address that does not answer holds up nothing but addresses.
                new Worker("poster", LOOK, poster::deliver),
                new Worker("requests", LOOK, () -> queue.take(Duration.ofSeconds(1))),
                new Worker("request folder", Duration.ofSeconds(1), () -> folder.scan() > 0));
        workers.forEach(Worker::start);
    }

    private boolean tidy() throws IOException {
        Instant now = clock.instant();
        if (tidied.equals(Instant.MIN) || Duration.between(tidied, now).abs().compareTo(TIDY) > 0) {
            Duration keep =
                    settings.keepMessages().compareTo(settings.messages().patience()) > 0
                            ? settings.keepMessages()
                            : settings.messages().patience();
            outbox.forget(keep);
            journal.forget(settings.keepMessages(), settings.messages().keepJournal());
            folder.forget(keep, now);
            tidied = now;
        }
        return false;
    }

    @Override
    public synchronized void stop() {
        try {
            for (Worker worker : workers) {
                worker.stop(STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers = List.of();
        queue.close();
        toQueues.close();
    }

    @Override
    public synchronized boolean isRunning() {
        return !workers.isEmpty();
    }
}
