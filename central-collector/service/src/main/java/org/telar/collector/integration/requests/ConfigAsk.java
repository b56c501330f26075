package org.telar.collector.integration.requests;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.CimRequest.Config;
import org.telar.collector.integration.cim.CimRequest.MeterEntry;
import org.telar.collector.integration.cim.Reply;

/**
 * {@code create|change|delete MeterConfig}: meters made, bound, commissioned, replaced and removed (R88). What the
 * standard has no field for stands in Names by its NameType: ConcentratorNumber, Model, TimeZone, Ratio.
 */
final class ConfigAsk {
    private static final Set<String> STATES = Set.of("REGISTERED", "BOUND", "COMMISSIONED", "SUSPENDED", "REMOVED");
    /** Words of other systems for the same. */
    private static final Map<String, String> SYNONYMS = Map.of(
            "INSTALLED", "BOUND",
            "ACTIVE", "COMMISSIONED",
            "INSERVICE", "COMMISSIONED",
            "INACTIVE", "SUSPENDED",
            "RETIRED", "REMOVED");

    private final Optional<MeterDesk> registry;
    private final Meters meters;

    ConfigAsk(Optional<MeterDesk> registry, Meters meters) {
        this.registry = registry;
        this.meters = meters;
    }

    Verdict take(Config ask, boolean remove) throws CimException {
        MeterDesk desk = registry.orElseThrow(() ->
                new CimException(CimException.NOUN, "this collector takes no meters by message; nothing was done"));
        if (ask.meters().isEmpty()) {
            throw new CimException("1.7", "MeterConfig names no Meter");
        }
        List<Reply.Error> errors = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        int done = 0;
        for (MeterEntry entry : ask.meters()) {
            Meters.Found found = meters.of(List.of(entry.meter()));
            errors.addAll(found.refused());
            for (String number : found.numbers()) {
                numbers.add(number);
                Optional<Reply.Error> error = put(desk, number, entry, remove);
                error.ifPresent(errors::add);
                done += error.isPresent() ? 0 : 1;
            }
        }
        Reply reply = errors.isEmpty()
                ? Reply.ok()
                : new Reply(done > 0 ? Reply.Result.PARTIAL : Reply.Result.FAILED, Answer.onePerMeter(errors));
        return Verdict.of(reply).about(numbers);
    }

    private static Optional<Reply.Error> put(MeterDesk desk, String number, MeterEntry entry, boolean remove) {
        Map<String, String> names = entry.names();
        String state = remove ? "REMOVED" : state(entry.status());
        if (state.equals("?")) {
            return error(
                    number, CimException.SCHEMA, "", "status/value is one of " + STATES + ", got " + entry.status());
        }
        String zone = names.getOrDefault("TimeZone", "");
        if (!zone.isEmpty() && !zone(zone)) {
            return error(number, CimException.SCHEMA, "", "TimeZone is a name like America/Santiago, got " + zone);
        }
        String ratio = names.getOrDefault("Ratio", "").toUpperCase(Locale.ROOT);
        if (!Set.of("", "SECONDARY", "PRIMARY").contains(ratio)) {
            return error(number, CimException.SCHEMA, "", "Ratio is SECONDARY or PRIMARY, got " + ratio);
        }
        return desk.put(new MeterDesk.Change(
                        number,
                        names.getOrDefault("ConcentratorNumber", ""),
                        names.getOrDefault("Model", ""),
                        zone,
                        entry.serialNumber(),
                        ratio,
                        state))
                .flatMap(r -> error(number, r.code(), r.reason(), r.words()));
    }

    private static boolean zone(String name) {
        try {
            ZoneId.of(name);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Ours, or one of the synonyms; {@code ?} for something else. */
    private static String state(String status) {
        String word = status.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
        if (word.isEmpty() || STATES.contains(word)) {
            return word;
        }
        return SYNONYMS.getOrDefault(word, "?");
    }

    private static Optional<Reply.Error> error(String meter, String code, String reason, String words) {
        return Optional.of(Reply.Error.ofMeter(code, Reply.Level.FATAL, reason, words, meter));
    }
}
