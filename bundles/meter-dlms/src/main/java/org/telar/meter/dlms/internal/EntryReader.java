package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

import org.openmuc.jdlms.GetResult;
import org.openmuc.jdlms.datatypes.DataObject;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Obis;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;

/**
 * Reads the newest rows of a profile by their numbers, for models that cannot select by range: counts back from the
 * newest, and further when rows beyond the regular ones stood in between.
 */
final class EntryReader {
    private static final int ENTRIES_IN_USE = 7;
    private static final int MARGIN = 2;

    private final Meter meter;
    private final Association association;
    private final ModelNotes notes;
    private final Obis profile;
    private final Duration period;

    /** @param period zero for rows that come by events: then one a day is guessed */
    EntryReader(Meter meter, Association association, ModelNotes notes, Obis profile, Duration period) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
        this.profile = profile;
        this.period = period.isZero() ? Duration.ofDays(1) : period;
    }

    /** Makes rows of a buffer. */
    interface Decoder<T> {
        List<T> rows(DataObject buffer) throws LinkException, ShapeChanged;
    }

    /**
     * All rows with stamps after {@code from}, and perhaps some before.
     *
     * @param stamp of a row; the earliest instant for a row without one
     */
    <T> List<T> since(Instant from, Instant now, Decoder<T> decoder, Function<T, Instant> stamp)
            throws IOException, MeterException, ShapeChanged {
        long inUse = inUse();
        long wanted = Math.max(1, Duration.between(from, now).dividedBy(period) + MARGIN);
        while (inUse > 0) {
            long first = Math.max(1, inUse - wanted + 1);
            GetResult answer = association
                    .get(List.of(Ask.entries(profile, first, inUse)), notes)
                    .get(0);
            if (!answer.requestSuccessful()) {
                throw Failures.refused(meter.id(), "profile " + profile + " by entry", answer.getResultCode());
            }
            List<T> rows = decoder.rows(answer.getResultData());
            if (first == 1 || rows.isEmpty() || !stamp.apply(rows.get(0)).isAfter(from)) {
                return rows;
            }
            wanted *= 2;
        }
        return List.of();
    }

    private long inUse() throws IOException, MeterException {
        GetResult answer = association
                .get(List.of(Ask.of(Capture.PROFILE, profile, ENTRIES_IN_USE)), notes)
                .get(0);
        if (!answer.requestSuccessful()) {
            throw Failures.refused(meter.id(), "entries of " + profile, answer.getResultCode());
        }
        return Values.number(answer.getResultData());
    }
}
