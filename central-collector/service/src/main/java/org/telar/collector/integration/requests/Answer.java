package org.telar.collector.integration.requests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.telar.api.model.Ko;
import org.telar.collector.integration.cim.Reply;
import org.telar.collector.integration.cim.ReplyCodes;

/** From outcomes of orders to the errors of a reply (D13, R73). */
final class Answer {
    private Answer() {}

    static Reply.Error error(OrderDesk.Outcome o, Reply.Level level) {
        String code = o.ko().map(ReplyCodes::of).orElse(level == Reply.Level.WARNING ? ReplyCodes.PARTIAL : "5.3");
        String reason = o.ko().map(Ko::name).orElse(o.state() == OrderDesk.State.WARNED ? "WARN" : "FAIL");
        String words = o.who().isEmpty() ? o.detail() : (o.detail() + " (" + o.who() + ")").strip();
        return Reply.Error.ofMeter(code, level, reason, words, o.meter());
    }

    /** A request may ask several things of one meter: the gravest stands for it, the others are told in its details. */
    static List<Reply.Error> onePerMeter(List<Reply.Error> errors) {
        Map<String, List<Reply.Error>> byMeter = new LinkedHashMap<>();
        List<Reply.Error> result = new ArrayList<>();
        for (Reply.Error e : errors) {
            if (e.object().equals("Meter")) {
                byMeter.computeIfAbsent(e.id(), k -> new ArrayList<>()).add(e);
            } else {
                result.add(e);
            }
        }
        byMeter.values().forEach(all -> result.add(gravest(all)));
        return result;
    }

    private static Reply.Error gravest(List<Reply.Error> all) {
        Reply.Error worst =
                all.stream().max(Comparator.comparing(Reply.Error::level)).orElseThrow();
        boolean several = all.stream().anyMatch(e -> !e.code().equals(worst.code()));
        if (!several) {
            return worst;
        }
        StringBuilder words = new StringBuilder(worst.details());
        all.stream()
                .filter(e -> e != worst)
                .forEach(e ->
                        words.append("; also ").append(e.code()).append(' ').append(e.reason()));
        return new Reply.Error(
                worst.code(), worst.level(), worst.reason(), words.toString(), worst.object(), worst.id());
    }
}
