package org.telar.api.platform;

import org.telar.api.model.MeterId;

/**
 * Invocation counters of ciphered associations (D8). A block is durable before its first number is handed out, so a
 * crash can never repeat one. Thread-safe.
 */
public interface InvocationCounters {
    /**
     * Reserves numbers that were never used and never will be again.
     *
     * @param count how many, 1..65536
     * @return the first of the block
     */
    long reserve(MeterId meter, int count);

    /** Continues above what the meter said it expects. Never moves backwards. */
    void atLeast(MeterId meter, long next);
}
