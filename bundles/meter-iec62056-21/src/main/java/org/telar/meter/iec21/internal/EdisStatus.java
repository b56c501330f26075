package org.telar.meter.iec21.internal;

/**
 * The status of a load profile header (EDIS, IEC 62056-21 Annex C) as the status byte that the centre's table knows
 * (DSMR AMR), with the raw word above it.
 *
 * <table>
 *   <caption>Translation</caption>
 *   <tr><th>EDIS bit</th><th>Meaning</th><th>AMR bit</th></tr>
 *   <tr><td>0</td><td>fatal device error</td><td>0 critical error</td></tr>
 *   <tr><td>1</td><td>running reserve of the clock exhausted</td><td>1 clock invalid</td></tr>
 *   <tr><td>2</td><td>measured value disturbed, period incomplete</td><td>2 data not valid</td></tr>
 *   <tr><td>3</td><td>season change, or summer time, by make</td><td>3 daylight saving (no quality)</td></tr>
 *   <tr><td>4</td><td>demand reset</td><td>none</td></tr>
 *   <tr><td>5</td><td>device clock set</td><td>5 clock adjusted</td></tr>
 *   <tr><td>6</td><td>power recovery</td><td>7 power down</td></tr>
 *   <tr><td>7</td><td>power failure</td><td>7 power down</td></tr>
 *   <tr><td>8..31</td><td>manufacturer's</td><td>none</td></tr>
 * </table>
 *
 * The season digit of the stamp sets AMR bit 3 too. Bits 8 to 30 of the result hold the raw word, if it is not more
 * than {@value #MAX_RAW}; a wider word is kept as its lower 23 bits. An implied bit is never added: what the meter
 * does not say is not in the result.
 */
final class EdisStatus {
    static final int CRITICAL_ERROR = 0x01;
    static final int CLOCK_INVALID = 0x02;
    static final int DATA_NOT_VALID = 0x04;
    static final int DAYLIGHT_SAVING = 0x08;
    static final int CLOCK_ADJUSTED = 0x20;
    static final int POWER_DOWN = 0x80;
    static final int MAX_RAW = 0x7F_FFFF;

    /** EDIS bit number to AMR bits. */
    private static final int[] AMR = {
        CRITICAL_ERROR, CLOCK_INVALID, DATA_NOT_VALID, DAYLIGHT_SAVING, 0, CLOCK_ADJUSTED, POWER_DOWN, POWER_DOWN
    };

    private EdisStatus() {}

    /**
     * Translates a header's status.
     *
     * @param raw the word, 0 to 2^32 - 1
     * @param summer the stamp is in summer time
     */
    static int translate(long raw, boolean summer) {
        int status = summer ? DAYLIGHT_SAVING : 0;
        for (int bit = 0; bit < AMR.length; bit++) {
            if ((raw >> bit & 1) != 0) {
                status |= AMR[bit];
            }
        }
        return status | (int) (raw & MAX_RAW) << 8;
    }
}
