package org.telar.collector.events;

import java.time.Clock;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.integration.IntegrationAlarms;
import org.telar.contract.Event;

/** Alarms of the integration as events of the centre (R34). Thread-safe; never throws. */
@Component
public class IntegrationEvents implements IntegrationAlarms {
    private static final Logger LOG = LoggerFactory.getLogger(IntegrationEvents.class);
    private static final Map<String, Severity> MILDER =
            Map.of(LEGACY_UP, Severity.INFO, READING_CONFLICT, Severity.WARNING);

    private final EventStore events;
    private final Clock clock;

    public IntegrationEvents(EventStore events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void raise(String code, String subject, String text) {
        LOG.warn("{} {}: {}", code, subject, text);
        try {
            var now = clock.instant();
            events.raise(
                    "",
                    new Event(
                            code + "/" + subject + "/" + now.toEpochMilli(),
                            now,
                            code,
                            MILDER.getOrDefault(code, Severity.CRITICAL),
                            "",
                            text,
                            Map.of("subject", subject)));
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("The event {} could not be stored: {}", code, e.getMessage());
        }
    }
}
