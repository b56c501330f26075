package org.telar.meter.iec21.internal;

/** What came back on the line. */
sealed interface Reply {
    /**
     * A data message or one block of it, its check correct.
     *
     * @param text between STX and ETX or EOT
     * @param more true when it ended with EOT: a partial block, the next one comes after an acknowledgement
     */
    record Data(String text, boolean more) implements Reply {}

    /** A command message of the meter, such as {@code P0} with its operand, or {@code B0}. */
    record Command(String code, String dataSet) implements Reply {}

    /** Identification message without {@code /} and line end. */
    record Identification(String text) implements Reply {}

    record Ack() implements Reply {}

    record Nak() implements Reply {}

    /** Something came, and it was broken: a wrong check, a message cut short, more than we take. */
    record Corrupt(String why) implements Reply {}

    /** Nothing came. */
    record Silence() implements Reply {}
}
