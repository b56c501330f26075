package org.telar.collector.integration.requests;

import java.util.ArrayList;
import java.util.List;

import org.telar.collector.integration.cim.Reply;

/**
 * What the pipeline decided about a request: its immediate reply, and the orders that a later answer waits for.
 *
 * @param waiting empty when the immediate reply is the whole answer
 * @param readingTypes OBIS codes that were asked for; empty: all
 */
record Verdict(Reply reply, List<Item> waiting, List<String> meters, List<String> orders, List<String> readingTypes) {

    /** One order of the request. */
    record Item(String meter, String order) {}

    static Verdict of(Reply reply) {
        return new Verdict(reply, List.of(), List.of(), List.of(), List.of());
    }

    static Verdict refused(String code, String reason, String details) {
        return of(Reply.failed(List.of(Reply.Error.of(code, reason, details))));
    }

    Verdict about(List<String> those) {
        List<String> all = new ArrayList<>(meters);
        all.addAll(those);
        return new Verdict(reply, waiting, all, orders, readingTypes);
    }
}
