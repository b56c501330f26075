package org.telar.collector.validation;

/** What can be doubtful about readings; the names stand in the table. */
public enum Rule {
    /** No value, and nobody said why, although later ones are there. */
    GAP,
    /** The meter is known to have no value. */
    MISSING,
    /** An increment below zero, or a register that went back. */
    NEGATIVE,
    /** Far above what the day shows otherwise. */
    SPIKE,
    /** Imported energy that was zero all day. */
    ZERO_RUN,
    /** An interval that ends after it was read. */
    FUTURE,
    /** The meter doubted its clock, or it was set. */
    CLOCK,
    /** A row off the grid (D4). */
    OFF_GRID,
    /** A second row of a slot (D4). */
    DOUBLE_ROW,
    /** A value of the same key that differs was there, or came (D21). */
    CONFLICT,
    /** The day's increments do not add up to the difference of its closings. */
    SUM
}
