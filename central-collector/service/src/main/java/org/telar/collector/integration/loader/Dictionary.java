package org.telar.collector.integration.loader;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.Quality;
import org.telar.collector.integration.cim.ReadingType;

/** The short ids of meters, reading types and qualities, for one load: a rollback must not leave any behind. Not thread-safe. */
final class Dictionary {
    private static final int MAX_QUALITIES = 30_000;

    private final Connection db;
    private final MeterDirectory directory;
    private final Map<String, Optional<MeterRow>> meters = new HashMap<>();
    private final Map<String, Short> types = new HashMap<>();
    private final Map<Quality, Short> qualities = new HashMap<>();
    private final Map<Integer, Integer> ranks = new HashMap<>();

    record MeterRow(int id, ZoneId zone) {}

    Dictionary(Connection db, MeterDirectory directory) {
        this.db = db;
        this.directory = directory;
    }

    /**
     * @param enter whether an unknown meter is entered
     * @return empty when it is unknown and not entered
     */
    Optional<MeterRow> meter(String number, String mrid, boolean enter) throws SQLException {
        Optional<MeterRow> known = meters.get(number);
        if (known == null) {
            known = findMeter(number);
            if (known.isEmpty() && enter) {
                insertMeter(number, mrid);
                known = findMeter(number);
            }
            meters.put(number, known);
        }
        return known;
    }

    private Optional<MeterRow> findMeter(String number) throws SQLException {
        try (PreparedStatement query = db.prepareStatement("SELECT meter_id, tz FROM meter WHERE meter_no = ?")) {
            query.setString(1, number);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(new MeterRow(row.getInt(1), zone(row.getString(2)))) : Optional.empty();
            }
        }
    }

    private ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalStateException("meter.tz holds no time zone: " + name, e);
        }
    }

    private void insertMeter(String number, String mrid) throws SQLException {
        try (PreparedStatement insert =
                db.prepareStatement("INSERT INTO meter (meter_no, mrid, tz) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, number);
            insert.setString(2, mrid);
            insert.setString(3, directory.of(number).zone().getId());
            insert.executeUpdate();
        }
    }

    short type(ReadingType type) throws SQLException {
        Short known = types.get(type.mrid());
        if (known == null) {
            known = id(
                    "SELECT rt_id FROM reading_type WHERE mrid = ?",
                    "INSERT INTO reading_type (mrid, obis, kind, unit, pow10) VALUES (?, ?, ?, ?, ?)"
                            + " ON CONFLICT DO NOTHING",
                    type.mrid(),
                    type.channel().toString(),
                    type.channel().d() == 29 ? "increment" : "register",
                    type.unitName(),
                    (short) type.multiplier());
            types.put(type.mrid(), known);
        }
        return known;
    }

    /** @return empty when so many different qualities are known that no more are taken */
    Optional<Short> quality(Quality quality) throws SQLException {
        Short known = qualities.get(quality);
        if (known == null) {
            Optional<Short> found = findQuality(quality);
            if (found.isEmpty()) {
                if (count() >= MAX_QUALITIES) {
                    return Optional.empty();
                }
                insertQuality(quality);
                found = findQuality(quality);
            }
            known = found.orElseThrow();
            qualities.put(quality, known);
            ranks.put((int) known, quality.rank());
        }
        return Optional.of(known);
    }

    /** Names of what this load has looked up before; for the rare case that a person must be told. */
    String meterName(int id) {
        return meters.entrySet().stream()
                .filter(e -> e.getValue().isPresent() && e.getValue().get().id() == id)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    String typeName(short id) {
        return types.entrySet().stream()
                .filter(e -> e.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    Quality qualityOf(short id) {
        return qualities.entrySet().stream()
                .filter(e -> e.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private Optional<Short> findQuality(Quality quality) throws SQLException {
        try (PreparedStatement query =
                db.prepareStatement("SELECT q_id FROM quality_set WHERE codes = ? AND comments = ?")) {
            query.setString(1, quality.codes());
            query.setString(2, quality.comments());
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row.getShort(1)) : Optional.empty();
            }
        }
    }

    private void insertQuality(Quality quality) throws SQLException {
        try (PreparedStatement insert = db.prepareStatement(
                "INSERT INTO quality_set (codes, comments, rank) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, quality.codes());
            insert.setString(2, quality.comments());
            insert.setShort(3, (short) quality.rank());
            insert.executeUpdate();
        }
    }

    private long count() throws SQLException {
        try (PreparedStatement query = db.prepareStatement("SELECT count(*) FROM quality_set");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Rank of a quality set (D21). */
    int rank(int id) {
        return ranks.computeIfAbsent(id, this::loadRank);
    }

    private int loadRank(int id) {
        try (PreparedStatement query = db.prepareStatement("SELECT rank FROM quality_set WHERE q_id = ?")) {
            query.setInt(1, id);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        } catch (SQLException e) {
            throw new Wrapped(e);
        }
    }

    /** A database fault on its way through code that cannot declare it. */
    static final class Wrapped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wrapped(SQLException cause) {
            super(cause);
        }

        SQLException fault() {
            return (SQLException) getCause();
        }
    }

    private short id(String select, String insert, String key, Object... rest) throws SQLException {
        for (int attempt = 0; attempt < 2; attempt++) {
            try (PreparedStatement query = db.prepareStatement(select)) {
                query.setString(1, key);
                try (ResultSet row = query.executeQuery()) {
                    if (row.next()) {
                        return row.getShort(1);
                    }
                }
            }
            try (PreparedStatement add = db.prepareStatement(insert)) {
                add.setString(1, key);
                for (int i = 0; i < rest.length; i++) {
                    add.setObject(i + 2, rest[i]);
                }
                add.executeUpdate();
            }
        }
        try (PreparedStatement query = db.prepareStatement(select)) {
            query.setString(1, key);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getShort(1);
            }
        }
    }
}
