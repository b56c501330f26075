package org.telar.collector.integration.cim;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Header of an envelope (IEC 61968-100), the part that we write and use.
 *
 * @param verb lower case
 * @param noun payload's noun
 * @param source who sends
 * @param properties in the order of the message; DataType and MessageIndex are ours
 */
public record MessageHeader(
        String verb,
        String noun,
        Optional<Instant> timestamp,
        String source,
        String messageId,
        String correlationId,
        Map<String, String> properties) {
    public static final String DATA_TYPE = "DataType";
    public static final String MESSAGE_INDEX = "MessageIndex";

    public MessageHeader {
        properties = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(properties));
    }

    public Optional<String> property(String name) {
        return Optional.ofNullable(properties.get(name)).filter(v -> !v.isEmpty());
    }
}
