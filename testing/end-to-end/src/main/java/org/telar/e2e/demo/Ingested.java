package org.telar.e2e.demo;

import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * What the collector says it has ingested.
 *
 * @param values channel values of profiles that were new
 * @param payloadBytes MQTT payload of all reading batches; negative when the collector does not tell
 */
record Ingested(long values, long payloadBytes) {
    static Ingested of(Optional<JsonNode> status) {
        JsonNode ingest = status.map(s -> s.path("ingest")).orElseGet(MissingNode::getInstance);
        return new Ingested(
                ingest.path("values").asLong(0),
                ingest.path("readingPayloadBytes").asLong(-1));
    }

    double payloadBytesPerValue() {
        return payloadBytes < 0 || values == 0 ? -1 : (double) payloadBytes / values;
    }

    double perValue(double bytes) {
        return values == 0 ? -1 : bytes / values;
    }
}
