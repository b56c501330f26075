package org.telar.api.model;

/**
 * Scaler and unit of a captured value: quantity = value × 10^scaler in the unit. Telar applies nothing else (D6).
 *
 * @param scaler power of ten, -128..127
 * @param code DLMS unit enumeration (IEC 62056-62): 27 W, 30 Wh, 32 varh, 35 V, 33 A, 255 none
 */
public record Unit(int scaler, int code) {
    public static final int WATT = 27;
    public static final int WATT_HOUR = 30;
    public static final int VAR_HOUR = 32;
    public static final int NONE = 255;

    public Unit {
        if (scaler < -128 || scaler > 127 || code < 0 || code > 255) {
            throw new IllegalArgumentException("scaler -128..127 and unit 0..255, got " + scaler + ", " + code);
        }
    }
}
