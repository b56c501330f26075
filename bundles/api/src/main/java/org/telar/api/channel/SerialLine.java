package org.telar.api.channel;

import java.io.IOException;

/** A channel on a serial line, whose settings a protocol may change while it speaks (IEC 62056-21). */
public interface SerialLine extends Channel {
    /**
     * How bytes travel.
     *
     * @param baud 50..4 000 000
     * @param data data bits, 5..8
     * @param parity none, even or odd
     * @param stop stop bits, 1 or 2
     */
    record Settings(int baud, int data, Parity parity, int stop) {
        public Settings {
            if (baud < 50 || baud > 4_000_000 || data < 5 || data > 8 || stop < 1 || stop > 2) {
                throw new IllegalArgumentException("no serial settings: " + baud + " " + data + " " + stop);
            }
        }
    }

    /** Parity bit. */
    enum Parity {
        NONE,
        EVEN,
        ODD
    }

    /** As the port was opened. */
    Settings settings();

    /** From now on. Bytes that still wait in either direction may be lost: first let what was written leave. */
    void use(Settings settings) throws IOException;
}
