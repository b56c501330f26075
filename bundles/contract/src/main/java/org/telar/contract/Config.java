package org.telar.contract;

import java.util.Map;

/**
 * Values that replace those of the gateway's own configuration, sent whole and retained. The edge answers with a {@link
 * Result.Applied}; one bad value refuses the whole, and what was in force stays.
 *
 * @param version grows with every change; one that is already in force changes nothing
 * @param values by key, for example {@code retention.days}; the keys are listed in {@code docs/message-contract.md}
 */
public record Config(long version, Map<String, String> values) {
    public Config {
        values = Map.copyOf(values);
    }
}
