package org.telar.collector.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.MeterId;
import org.telar.collector.platform.CollectorSettings;
import org.telar.contract.Order;

/**
 * Meters from a CSV file of any size, read line by line: a bad line is reported with what was expected, and the others
 * are taken. Columns by name in the first line: {@code meter}, and optionally {@code gateway}, {@code model},
 * {@code zone}, {@code identity}, {@code ratio}, {@code state}; others are ignored.
 */
@Component
public class MeterImport {
    private static final Set<String> COLUMNS = Set.of(
            "meter",
            "gateway",
            "model",
            "zone",
            "identity",
            "ratio",
            "state",
            "mode",
            "plan",
            "capabilities",
            "driver",
            "medium",
            "address",
            "client_sap",
            "authentication",
            "parameters");
    private static final Set<String> TRAITS = Set.of(
            "mode",
            "plan",
            "capabilities",
            "driver",
            "medium",
            "address",
            "client_sap",
            "authentication",
            "parameters");
    private static final int MAX_REPORTED = 1_000;
    private static final int MAX_LINE = 4_096;
    private static final int AT_ONCE = 500;

    private final Meters meters;
    private final Gateways gateways;
    private final ZoneId defaultZone;
    private final TransactionTemplate transactions;

    /** @param line number in the file, the header is 1 */
    public record LineError(long line, String meter, String error) {}

    /**
     * What became of a file.
     *
     * @param errors the first 1,000; {@code refused} counts all
     */
    public record Report(
            boolean dryRun,
            long lines,
            long created,
            long updated,
            long refused,
            List<LineError> errors,
            List<String> ignoredColumns) {}

    public MeterImport(Meters meters, Gateways gateways, CollectorSettings settings, TransactionTemplate transactions) {
        this.transactions = transactions;
        this.meters = meters;
        this.gateways = gateways;
        this.defaultZone = settings.zone();
    }

    /**
     * @param defaultGateway for lines without one; may be empty
     * @param dryRun checks everything and changes nothing
     * @throws IllegalArgumentException when the header is unusable
     */
    public Report run(BufferedReader csv, String defaultGateway, boolean dryRun) throws IOException {
        String header = csv.readLine();
        if (header == null) {
            throw new IllegalArgumentException("the file is empty; its first line names the columns, meter among them");
        }
        List<String> columns = Arrays.stream(header.replace("\uFEFF", "").split(",", -1))
                .map(c -> c.strip().toLowerCase(Locale.ROOT))
                .toList();
        if (!columns.contains("meter")) {
            throw new IllegalArgumentException("line 1: a column named meter is expected, got: " + header);
        }
        Tally tally = new Tally(columns, defaultGateway, dryRun);
        List<String> chunk = new ArrayList<>();
        for (String line = csv.readLine(); line != null; line = csv.readLine()) {
            chunk.add(line);
            if (chunk.size() == AT_ONCE) {
                take(chunk, tally);
            }
        }
        take(chunk, tally);
        List<String> ignored =
                columns.stream().filter(c -> !COLUMNS.contains(c)).toList();
        return new Report(dryRun, tally.line - 1, tally.created, tally.updated, tally.refused, tally.errors, ignored);
    }

    /** What a file has come to so far. */
    private static final class Tally {
        private final List<String> columns;
        private final String defaultGateway;
        private final boolean dryRun;
        private final Map<String, Boolean> gateways = new HashMap<>();
        private final List<LineError> errors = new ArrayList<>();
        private long line = 1;
        private long created;
        private long updated;
        private long refused;

        Tally(List<String> columns, String defaultGateway, boolean dryRun) {
            this.columns = columns;
            this.defaultGateway = defaultGateway;
            this.dryRun = dryRun;
        }
    }

    /** Some lines in one transaction: a commit a line would take most of the time. */
    private void take(List<String> lines, Tally tally) {
        transactions.executeWithoutResult(status -> lines.forEach(l -> take(l, tally)));
        lines.clear();
    }

    private void take(String line, Tally t) {
        t.line++;
        if (line.isBlank()) {
            return;
        }
        String number = "";
        try {
            Map<String, String> fields = fields(t.columns, line);
            number = fields.getOrDefault("meter", "");
            Meters.Entry entry = entry(fields, t.defaultGateway, t.gateways);
            Meters.Traits traits = traits(fields);
            boolean isNew = t.dryRun ? check(entry) : put(entry, traits, t.columns);
            t.created += isNew ? 1 : 0;
            t.updated += isNew ? 0 : 1;
        } catch (IllegalArgumentException | Meters.RefusedEntry | DateTimeException e) {
            t.refused++;
            if (t.errors.size() < MAX_REPORTED) {
                t.errors.add(new LineError(t.line, number, e.getMessage()));
            }
        }
    }

    private boolean put(Meters.Entry entry, Meters.Traits traits, List<String> columns) throws Meters.RefusedEntry {
        boolean isNew = meters.put(entry, traits.mode());
        if (columns.stream().anyMatch(TRAITS::contains)) {
            meters.traits(entry.number(), traits);
        }
        return isNew;
    }

    private static Meters.Traits traits(Map<String, String> f) {
        String mode = f.getOrDefault("mode", "").toUpperCase(Locale.ROOT);
        if (!Set.of("", "CONCENTRATED", "POINT_TO_POINT").contains(mode)) {
            throw new IllegalArgumentException("mode is CONCENTRATED or POINT_TO_POINT, got: " + mode);
        }
        List<String> capabilities = Arrays.stream(
                        f.getOrDefault("capabilities", "").split("[; ]+"))
                .filter(c -> !c.isEmpty())
                .map(c -> Order.Type.valueOf(c).name())
                .toList();
        return new Meters.Traits(
                mode,
                Optional.ofNullable(f.get("plan")),
                capabilities,
                f.getOrDefault("driver", ""),
                f.getOrDefault("medium", ""),
                f.getOrDefault("address", ""),
                f.getOrDefault("client_sap", ""),
                f.getOrDefault("authentication", ""),
                f.getOrDefault("parameters", ""));
    }

    private boolean check(Meters.Entry entry) throws Meters.RefusedEntry {
        Optional<Meters.Meter> before = meters.find(entry.number());
        if (before.isPresent() && !before.get().state().mayBecome(entry.state())) {
            throw new Meters.RefusedEntry(
                    "meter " + entry.number() + " is " + before.get().state() + " and cannot become " + entry.state());
        }
        return before.isEmpty();
    }

    private static Map<String, String> fields(List<String> columns, String line) {
        if (line.length() > MAX_LINE) {
            throw new IllegalArgumentException("at most " + MAX_LINE + " characters a line, got " + line.length());
        }
        String[] values = line.split(",", -1);
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(columns.size() + " columns expected, got " + values.length);
        }
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            fields.put(columns.get(i), values[i].strip());
        }
        return fields;
    }

    private Meters.Entry entry(Map<String, String> f, String defaultGateway, Map<String, Boolean> known) {
        String number = new MeterId(f.getOrDefault("meter", "")).number();
        String gateway = f.getOrDefault("gateway", "").isEmpty() ? defaultGateway : f.get("gateway");
        if (!gateway.isEmpty()
                && !known.computeIfAbsent(gateway, g -> gateways.find(g)
                        .filter(Gateways.Gateway::registered)
                        .isPresent())) {
            throw new IllegalArgumentException("gateway " + gateway + " is not registered");
        }
        String zone = f.getOrDefault("zone", "").isEmpty() ? defaultZone.getId() : f.get("zone");
        ZoneId.of(zone);
        String ratio = f.getOrDefault("ratio", "").toUpperCase(Locale.ROOT);
        if (!Set.of("", "SECONDARY", "PRIMARY").contains(ratio)) {
            throw new IllegalArgumentException("ratio is SECONDARY or PRIMARY, got: " + ratio);
        }
        MeterState state = state(f.getOrDefault("state", ""), gateway);
        boolean direct = f.getOrDefault("mode", "").equalsIgnoreCase("POINT_TO_POINT");
        if (state.needsGateway() && gateway.isEmpty() && !direct) {
            throw new IllegalArgumentException("a meter needs a gateway to be " + state);
        }
        return new Meters.Entry(
                number, state, gateway, f.getOrDefault("model", ""), zone, f.getOrDefault("identity", ""), ratio);
    }

    private static MeterState state(String text, String gateway) {
        if (text.isEmpty()) {
            return gateway.isEmpty() ? MeterState.REGISTERED : MeterState.BOUND;
        }
        try {
            return MeterState.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "state is one of " + Arrays.toString(MeterState.values()) + ", got: " + text, e);
        }
    }
}
