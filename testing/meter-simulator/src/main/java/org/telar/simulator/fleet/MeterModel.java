package org.telar.simulator.fleet;

/**
 * The variants of D3, D6 and D7 that the fleet is made of.
 */
public enum MeterModel {
    /** Increments, HLS5-GMAC, deviation as the standard says, stamps at interval end. */
    A("TLA", "TLR-A1", "A.01.12", Auth.HLS5, true, Deviation.NORMAL, true, 0),
    /** Captured registers in tenths of Wh, LLS. */
    B("TLB", "TLR-B2", "B.02.07", Auth.LLS, false, Deviation.NORMAL, true, -1),
    /** Increments, HLS5-GMAC, deviation with the sign inverted, stamps at interval start. */
    C("TLC", "TLR-C1", "C.00.31", Auth.HLS5, true, Deviation.INVERTED, false, 0),
    /** As A, but with an unspecified deviation (0x8000). */
    D("TLD", "TLR-D1", "D.04.02", Auth.HLS5, true, Deviation.UNSPECIFIED, true, 0),
    /** IEC 62056-21: increments, local time with a season digit, codes in full, a status byte, partial blocks. */
    E("TLE", "THIRD-E1", "E.01.00", Auth.LLS, true, Deviation.NORMAL, true, 0),
    /** IEC 62056-21: captured registers, standard time all year, short codes, a status word, no partial blocks. */
    F("TLF", "THIRD-F1", "F.03.11", Auth.LLS, false, Deviation.NORMAL, true, -1),
    /** As A, the load profile as a compact-array with columns of 16 bits and clocks that are empty where they follow. */
    G("TLG", "TLR-G1", "G.03.02", Auth.HLS5, true, Deviation.NORMAL, true, 0, Encoding.COMPACT_16),
    /** Captured registers, HLS5-GMAC; null-data in the load profile where a value or a clock follows. */
    H("TLH", "TLR-H1", "H.01.08", Auth.HLS5, false, Deviation.NORMAL, true, 0, Encoding.NULLS),
    /** Captured registers, HLS5-GMAC, the load profile as a compact-array with columns of 32 bits. */
    I("TLI", "TLR-I1", "I.01.01", Auth.HLS5, false, Deviation.NORMAL, true, 0, Encoding.COMPACT_32),
    /** As A, but stamps at interval start. */
    J("TLJ", "TLR-J1", "J.01.00", Auth.HLS5, true, Deviation.NORMAL, false, 0),
    /** Captured registers, LLS, deviation with the sign inverted, stamps at interval end. */
    K("TLK", "TLR-K1", "K.02.05", Auth.LLS, false, Deviation.INVERTED, true, -1),
    /** Captured registers, HLS5-GMAC, unspecified deviation, stamps at interval start. */
    L("TLL", "TLR-L1", "L.00.90", Auth.HLS5, false, Deviation.UNSPECIFIED, false, 0),
    /** As G, but without any clock where the rows of a range can be counted off. */
    M("TLM", "TLR-M1", "M.00.12", Auth.HLS5, true, Deviation.NORMAL, true, 0, Encoding.COMPACT_16_TIMELESS);

    /** Authentication that the management client uses. */
    public enum Auth {
        NONE,
        LLS,
        HLS5
    }

    /** What the deviation field of a date-time means. */
    public enum Deviation {
        NORMAL,
        INVERTED,
        UNSPECIFIED
    }

    /** How the load profile's buffer is written. */
    public enum Encoding {
        /** Array of structures. */
        ARRAY,
        /** The same, with null-data for what follows from the row before. */
        NULLS,
        /** Compact-array, numbers in 16 bits where all of a column fit. */
        COMPACT_16,
        /** Compact-array, numbers in 32 bits. */
        COMPACT_32,
        /** As COMPACT_16; the clock is null-data if the rows are exactly those of the range. */
        COMPACT_16_TIMELESS
    }

    private final String flag;
    private final String product;
    private final String firmware;
    private final Auth auth;
    private final boolean increments;
    private final Deviation deviation;
    private final boolean stampAtEnd;
    private final int scaler;
    private final Encoding encoding;

    MeterModel(
            String flag,
            String product,
            String firmware,
            Auth auth,
            boolean increments,
            Deviation deviation,
            boolean stampAtEnd,
            int scaler) {
        this(flag, product, firmware, auth, increments, deviation, stampAtEnd, scaler, Encoding.ARRAY);
    }

    MeterModel(
            String flag,
            String product,
            String firmware,
            Auth auth,
            boolean increments,
            Deviation deviation,
            boolean stampAtEnd,
            int scaler,
            Encoding encoding) {
        this.flag = flag;
        this.product = product;
        this.firmware = firmware;
        this.auth = auth;
        this.increments = increments;
        this.deviation = deviation;
        this.stampAtEnd = stampAtEnd;
        this.scaler = scaler;
        this.encoding = encoding;
    }

    /** True for the third-party models that speak IEC 62056-21. */
    public boolean thirdParty() {
        return this == E || this == F;
    }

    /** Three letters of the manufacturer. */
    public String flag() {
        return flag;
    }

    /** Model name in {@code fleet.csv}. */
    public String product() {
        return product;
    }

    /** Active firmware identifier, 1.0.0.2.0.255. */
    public String firmware() {
        return firmware;
    }

    public Auth auth() {
        return auth;
    }

    /** True: the profile holds increments (D = 29); false: captured registers (D = 8). */
    public boolean increments() {
        return increments;
    }

    public Deviation deviation() {
        return deviation;
    }

    /** True: rows are stamped at the end of their interval. */
    public boolean stampAtEnd() {
        return stampAtEnd;
    }

    /** Power of ten of every energy and demand value: -1 means tenths of a Wh. */
    public int scaler() {
        return scaler;
    }

    /** How the load profile's buffer is written. */
    public Encoding encoding() {
        return encoding;
    }

    /** Raw units per Wh. */
    public int unitsPerWh() {
        return scaler == -1 ? 10 : 1;
    }
}
