package org.telar.collector.integration.cim;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.model.Obis;
import org.telar.collector.platform.TableFile;

/**
 * The table OBIS → ReadingType, both ways. It is data: a utility that names its quantities otherwise replaces the file;
 * a broken line stops the start, with its number. Thread-safe.
 */
public final class ReadingTypes {
    private static final String RESOURCE = "/cim/reading-types.csv";
    private static final int MEASURING_PERIOD = 2;
    private static final int COMMODITY = 5;
    private static final int TARIFF = 11;
    private static final int MULTIPLIER = 15;
    private static final int UNIT = 16;
    private static final int MAX_TARIFF = 63;
    /** Stands in a row's fields for a placeholder. */
    private static final int OPEN = -1;
    /** Bounds what unknown mRIDs of foreign files may occupy. */
    private static final int CACHE = 10_000;

    private final List<Row> rows;
    private final Map<String, Optional<ReadingType>> known = new ConcurrentHashMap<>();

    /** What one line says; OPEN fields are placeholders. */
    private record Row(String where, Use use, Obis obis, boolean everyTariff, int[] fields) {
        boolean covers(Use use, Obis channel) {
            return this.use == use && (everyTariff ? channel.e() <= MAX_TARIFF : channel.e() == obis.e())
                    ? withTariff(channel.e()).equals(channel)
                    : false;
        }

        Obis withTariff(int tariff) {
            return new Obis(obis.a(), obis.b(), obis.c(), obis.d(), everyTariff ? tariff : obis.e(), obis.f());
        }

        boolean matches(int[] mrid) {
            for (int i = 0; i < fields.length; i++) {
                boolean same = fields[i] == OPEN ? allowed(i, mrid[i]) : fields[i] == mrid[i];
                if (!same) {
                    return false;
                }
            }
            return true;
        }

        private static boolean allowed(int field, int value) {
            return switch (field) {
                case MEASURING_PERIOD -> ReadingType.period(value).isPresent();
                case COMMODITY -> value == 1 || value == 2;
                default -> value >= 0 && value <= MAX_TARIFF;
            };
        }
    }

    /** @throws IllegalArgumentException naming file and line when the table is broken */
    public ReadingTypes(Optional<Path> override) {
        this.rows = TableFile.read(override, RESOURCE, "use,obis,reading_type").stream()
                .map(ReadingTypes::row)
                .toList();
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < i; j++) {
                reject(rows.get(j), rows.get(i));
            }
        }
    }

    /** One ReadingType must not mean two channels: what is read back would be guessed. */
    private static void reject(Row a, Row b) {
        boolean sameMrid = java.util.Arrays.equals(a.fields, b.fields);
        if (sameMrid && (a.everyTariff != b.everyTariff || !a.obis.equals(b.obis))) {
            throw new IllegalArgumentException(
                    b.where + ": this reading type already stands for another OBIS code, at " + a.where);
        }
    }

    private static Row row(TableFile.Line line) {
        Use use;
        try {
            use = Use.valueOf(line.fields().get(0).strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw line.broken("use profile, daily, billing or ondemand expected, got "
                    + line.fields().get(0));
        }
        String obis = line.fields().get(1).strip();
        boolean every = obis.contains("{tariff}");
        try {
            return new Row(
                    line.where(), use, Obis.parse(obis.replace("{tariff}", "0")), every, fields(line, use, every));
        } catch (IllegalArgumentException e) {
            throw line.broken(e.getMessage());
        }
    }

    private static int[] fields(TableFile.Line line, Use use, boolean everyTariff) {
        String[] parts = line.fields().get(2).strip().split("\\.", -1);
        if (parts.length != ReadingType.FIELDS) {
            throw new IllegalArgumentException("a reading type has 18 fields, got " + parts.length);
        }
        int[] fields = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            fields[i] = field(i, parts[i]);
        }
        if (everyTariff != (fields[TARIFF] == OPEN)) {
            throw new IllegalArgumentException("{tariff} stands in both the OBIS code and field 12, or in neither");
        }
        if (use == Use.PROFILE
                && fields[MEASURING_PERIOD] != OPEN
                && ReadingType.period(fields[MEASURING_PERIOD]).isEmpty()) {
            throw new IllegalArgumentException("a profile's reading type needs a measuring period in field 3");
        }
        return fields;
    }

    private static int field(int index, String text) {
        String expected = index == MEASURING_PERIOD
                ? "{period}"
                : index == COMMODITY ? "{commodity}" : index == TARIFF ? "{tariff}" : "";
        if (text.startsWith("{")) {
            if (!text.equals(expected)) {
                throw new IllegalArgumentException("field " + (index + 1) + " cannot be " + text);
            }
            return OPEN;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= 0 || index == MULTIPLIER && value >= -24) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, with what was expected
        }
        throw new IllegalArgumentException("field " + (index + 1) + " is a number, got " + text);
    }

    /**
     * The reading type that we write for a channel.
     *
     * @param period capture period; for registers it is not used
     * @param commodity 1 secondary, 2 primary (D6)
     * @return empty when the table has no line for it, or the period has no code in CIM
     */
    public Optional<ReadingType> of(Use use, Obis channel, Duration period, int commodity) {
        for (Row row : rows) {
            if (row.covers(use, channel)) {
                Optional<Integer> periodField = ReadingType.periodField(period);
                if (row.fields[MEASURING_PERIOD] == OPEN && periodField.isEmpty()) {
                    return Optional.empty();
                }
                return of(mrid(row, periodField.orElse(0), commodity, channel.e()));
            }
        }
        return Optional.empty();
    }

    private static String mrid(Row row, int period, int commodity, int tariff) {
        StringBuilder mrid = new StringBuilder();
        for (int i = 0; i < row.fields.length; i++) {
            int open = i == MEASURING_PERIOD ? period : i == COMMODITY ? commodity : tariff;
            mrid.append(i == 0 ? "" : ".").append(row.fields[i] == OPEN ? open : row.fields[i]);
        }
        return mrid.toString();
    }

    /** What an mRID means, if the table knows it. */
    public Optional<ReadingType> of(String mrid) {
        Optional<ReadingType> found = known.get(mrid);
        if (found == null) {
            found = find(mrid);
            if (known.size() < CACHE) {
                known.put(mrid, found);
            }
        }
        return found;
    }

    private Optional<ReadingType> find(String mrid) {
        int[] fields = numbers(mrid);
        Set<Use> uses = EnumSet.noneOf(Use.class);
        Row first = null;
        for (Row row : rows) {
            if (fields.length == ReadingType.FIELDS && row.matches(fields)) {
                first = first == null ? row : first;
                uses.add(row.use);
            }
        }
        return first == null
                ? Optional.empty()
                : Optional.of(new ReadingType(
                        mrid,
                        first.withTariff(fields[TARIFF]),
                        uses,
                        ReadingType.period(fields[MEASURING_PERIOD]),
                        fields[MULTIPLIER],
                        fields[UNIT]));
    }

    private static int[] numbers(String mrid) {
        List<Integer> numbers = new ArrayList<>();
        try {
            for (String part : mrid.split("\\.", ReadingType.FIELDS + 1)) {
                numbers.add(Integer.parseInt(part));
            }
        } catch (NumberFormatException e) {
            return new int[0];
        }
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
