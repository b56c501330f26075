package org.telar.collector.ingest;

import java.time.Instant;

/**
 * A reading that gave way to another one of the same thing (D21).
 *
 * @param what profile or register, OBIS
 * @param at interval end, or stamp
 * @param cells values, {@link org.telar.api.model.Column#ABSENT} where there is none
 * @param readAt when it was read, seconds since 1970
 * @param reason in words
 */
record Overruled(int meterId, String what, Instant at, int status, long[] cells, long readAt, String reason) {
    static final String BY_LATER = "a later reading differs";
    static final String ARRIVED_LATE = "an older reading arrived after a later one";
}
