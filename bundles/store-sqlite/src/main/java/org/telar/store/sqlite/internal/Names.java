package org.telar.store.sqlite.internal;

import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

import org.telar.api.model.Column;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.Unit;
import org.telar.api.store.StoreException;

/**
 * Small numbers for meters and profile shapes, so that a block's key is one integer. Remembered per connection; {@link
 * #forget} after a rollback. Not thread-safe.
 */
final class Names {
    private static final int MAX_METERS = 1 << 24;
    private static final int MAX_SHAPES = 1 << 16;

    private final Database db;
    private final Map<MeterId, Integer> meters = new HashMap<>();
    private final Map<ByteBuffer, Integer> shapes = new HashMap<>();
    private final Map<Integer, Shape> forms = new HashMap<>();

    /**
     * What blocks must share to share a row: profile, period, phase of the grid, channels with units.
     *
     * @param phase first end modulo period, seconds
     */
    record Shape(Obis profile, int period, int phase) {}

    Names(Database db) {
        this.db = db;
    }

    void forget() {
        meters.clear();
        shapes.clear();
        forms.clear();
    }

    OptionalInt meter(MeterId meter) throws SQLException {
        Integer known = meters.get(meter);
        if (known != null) {
            return OptionalInt.of(known);
        }
        PreparedStatement s = db.prepared("SELECT id FROM meter WHERE number = ?");
        s.setString(1, meter.number());
        try (ResultSet r = s.executeQuery()) {
            if (!r.next()) {
                return OptionalInt.empty();
            }
            meters.put(meter, r.getInt(1));
            return OptionalInt.of(r.getInt(1));
        }
    }

    int meterOrNew(MeterId meter) throws SQLException, StoreException {
        OptionalInt known = meter(meter);
        if (known.isPresent()) {
            return known.getAsInt();
        }
        int id = next("SELECT max(id) FROM meter", MAX_METERS, "meters");
        PreparedStatement s = db.prepared("INSERT INTO meter (id, number) VALUES (?, ?)");
        s.setInt(1, id);
        s.setString(2, meter.number());
        s.executeUpdate();
        meters.put(meter, id);
        return id;
    }

    int shapeOrNew(ProfileBlock block) throws SQLException, StoreException {
        byte[] form = form(block);
        Integer known = shapes.get(ByteBuffer.wrap(form));
        if (known != null) {
            return known;
        }
        PreparedStatement find = db.prepared("SELECT id FROM shape WHERE form = ?");
        find.setBytes(1, form);
        int id = 0;
        try (ResultSet r = find.executeQuery()) {
            id = r.next() ? r.getInt(1) : 0;
        }
        if (id == 0) {
            id = next("SELECT max(id) FROM shape", MAX_SHAPES, "profile shapes");
            PreparedStatement s = db.prepared("INSERT INTO shape (id, form) VALUES (?, ?)");
            s.setInt(1, id);
            s.setBytes(2, form);
            s.executeUpdate();
        }
        shapes.put(ByteBuffer.wrap(form), id);
        return id;
    }

    Shape shape(int id) throws SQLException {
        Shape known = forms.get(id);
        if (known != null) {
            return known;
        }
        PreparedStatement s = db.prepared("SELECT form FROM shape WHERE id = ?");
        s.setInt(1, id);
        try (ResultSet r = s.executeQuery()) {
            if (!r.next()) {
                throw new SQLException("a block refers to shape " + id + ", which is not there", "", 11);
            }
            ByteBuffer form = ByteBuffer.wrap(r.getBytes(1));
            byte[] profile = new byte[6];
            form.get(profile);
            Shape shape = new Shape(Obis.of(profile), form.getInt(), form.getInt());
            forms.put(id, shape);
            return shape;
        }
    }

    private int next(String maximum, int bound, String what) throws SQLException, StoreException {
        long id = db.number(maximum) + 1;
        if (id >= bound) {
            throw new StoreException("the store holds at most " + bound + " " + what);
        }
        return (int) id;
    }

    private static byte[] form(ProfileBlock block) {
        int period = (int) block.period().toSeconds();
        ByteBuffer b = ByteBuffer.allocate(14 + 9 * block.columns().size());
        b.put(block.profile().bytes());
        b.putInt(period);
        b.putInt((int) Math.floorMod(block.firstEnd().getEpochSecond(), (long) period));
        for (Column c : block.columns()) {
            Unit unit = c.unit();
            b.put(c.channel().bytes())
                    .put((byte) unit.scaler())
                    .put((byte) unit.code())
                    .put((byte) 0);
        }
        return b.array();
    }
}
