package org.telar.api.model;

import java.time.Instant;
import java.util.List;

/**
 * Registers captured together.
 *
 * @param source logical name of the closing profile, or the clock's for a direct read
 * @param stamp UTC, whole seconds; a closing of day D is stamped at the first instant of D + 1 (D5)
 * @param status raw status word, 0 if the meter gives none
 * @param values at most 256
 */
public record RegisterSet(RegisterKind kind, Obis source, Instant stamp, int status, List<RegisterValue> values) {
    public static final int MAX_VALUES = 256;

    public RegisterSet {
        values = List.copyOf(values);
        if (values.size() > MAX_VALUES) {
            throw new IllegalArgumentException("at most " + MAX_VALUES + " registers a set, got " + values.size());
        }
    }
}
