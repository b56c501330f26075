package org.telar.collector.registry;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.collector.BadInput;

/** Keys of meters: taken once, wrapped, and from then on only sealed for the concentrator (D17). Thread-safe. */
@Component
public class KeyBook {
    private static final int KEY_BYTES = 16;
    private static final int LONGEST_PASSWORD = 64;
    /** Of manuals and examples; a meter that has one of them is open to anybody (S26). */
    private static final Set<String> WELL_KNOWN = Set.of(
            "000102030405060708090A0B0C0D0E0F",
            "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
            "00000000000000000000000000000000",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
            "11111111111111111111111111111111",
            "0123456789ABCDEF0123456789ABCDEF");

    private final JdbcTemplate jdbc;
    private final KeySafe safe;
    private final Clock clock;

    KeyBook(JdbcTemplate jdbc, KeySafe safe, Clock clock) {
        this.jdbc = jdbc;
        this.safe = safe;
        this.clock = clock;
    }

    /**
     * Keys as people give them: hexadecimal.
     *
     * @throws BadInput naming what is wrong, never with any of the content
     */
    public static MeterKeys parse(String password, String encryptionKey, String authenticationKey) {
        byte[] secret = hex("password", password);
        if (secret.length > LONGEST_PASSWORD) {
            throw new BadInput("METER_KEYS", "password", "0 .. " + LONGEST_PASSWORD);
        }
        return new MeterKeys(secret, key("encryptionKey", encryptionKey), key("authenticationKey", authenticationKey));
    }

    private static byte[] key(String name, String text) {
        byte[] key = hex(name, text);
        if (key.length != 0 && key.length != KEY_BYTES) {
            throw new BadInput("METER_KEYS", name, KEY_BYTES);
        }
        if (WELL_KNOWN.contains(HexFormat.of().withUpperCase().formatHex(key))) {
            throw new BadInput("METER_KEYS_KNOWN", name);
        }
        return key;
    }

    private static byte[] hex(String name, String text) {
        try {
            return text == null || text.isBlank() ? new byte[0] : HexFormat.of().parseHex(text.strip());
        } catch (IllegalArgumentException e) {
            throw new BadInput("METER_KEYS", name, KEY_BYTES);
        }
    }

    /** Replaces a meter's keys; its concentrator gets a new table. */
    public void put(String meter, MeterKeys keys) {
        byte[] wrapped = safe.wrap(meter, keys);
        int n = jdbc.update(
                "INSERT INTO meter_key (meter_id, wrapped, updated_at) SELECT meter_id, ?, ? FROM meter WHERE meter_no = ?"
                        + " ON CONFLICT (meter_id) DO UPDATE SET wrapped = EXCLUDED.wrapped, updated_at = EXCLUDED.updated_at",
                wrapped,
                Timestamp.from(clock.instant()),
                meter);
        if (n == 0) {
            throw new BadInput("UNKNOWN_METER", meter);
        }
        jdbc.update(
                "UPDATE gateway SET table_due = true WHERE gateway_id = (SELECT gateway_id FROM meter WHERE meter_no = ?)",
                meter);
        wipe(keys);
    }

    /** Of all meters of a concentrator that have any; the caller wipes them. */
    Map<MeterId, MeterKeys> of(String gateway) {
        Map<MeterId, MeterKeys> keys = new HashMap<>();
        jdbc.query(
                "SELECT m.meter_no, k.wrapped FROM meter_key k JOIN meter m USING (meter_id) WHERE m.gateway_id = ?"
                        + " AND m.state IN ('BOUND', 'COMMISSIONED', 'SUSPENDED')",
                r -> {
                    keys.put(new MeterId(r.getString(1)), safe.unwrap(r.getString(1), r.getBytes(2)));
                },
                gateway);
        return keys;
    }

    static void wipe(MeterKeys keys) {
        Arrays.fill(keys.password(), (byte) 0);
        Arrays.fill(keys.encryptionKey(), (byte) 0);
        Arrays.fill(keys.authenticationKey(), (byte) 0);
    }
}
