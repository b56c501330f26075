package org.telar.meter.dlms.internal;

import java.time.Instant;
import java.util.Optional;

/**
 * A row of a profile, null-data resolved.
 *
 * @param stamp the meter's stamp in UTC
 * @param status raw status word, 0 if the profile has none
 * @param values of the value columns, unscaled; {@code Column.ABSENT} where there is none
 * @param occurred of the occurred columns
 */
record Row(Instant stamp, int status, long[] values, java.util.List<Optional<Instant>> occurred) {}
