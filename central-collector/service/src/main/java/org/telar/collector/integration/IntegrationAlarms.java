package org.telar.collector.integration;

/** Where the flow tells that a person is needed. Implementations return at once and are thread-safe. */
@FunctionalInterface
public interface IntegrationAlarms {
    /** The Legacy database does not answer. */
    String LEGACY_DOWN = "LEGACY_DOWN";
    /** It answers again. */
    String LEGACY_UP = "LEGACY_UP";
    /** A file failed too often, or cannot be taken. */
    String FILE_QUARANTINED = "FILE_QUARANTINED";
    /** Values contradict those held; the losers are in the history (D21). */
    String READING_CONFLICT = "READING_CONFLICT";
    /** A queued message was damaged, or a file cannot be written. */
    String QUEUE_FAULT = "QUEUE_FAULT";
    /** An answer or an event could not be delivered in time. */
    String MESSAGE_UNDELIVERED = "MESSAGE_UNDELIVERED";

    /**
     * @param code one of the above
     * @param subject file or part concerned
     * @param text what happened and what was done, for a person
     */
    void raise(String code, String subject, String text);
}
