package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.openmuc.jdlms.GetResult;
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
    private final ProfileShape shape;
    private final TimeRule rule;

    EntryReader(Meter meter, Association association, ModelNotes notes, ProfileShape shape, TimeRule rule) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
        this.shape = shape;
        this.rule = rule;
    }

    /** All rows with stamps after {@code from}, and perhaps some before. */
    List<Row> since(Instant from, Instant now) throws IOException, MeterException, ShapeChanged {
        long inUse = number(shape.profile());
        Duration period = shape.period().isZero() ? Duration.ofDays(1) : shape.period();
        long wanted = Math.max(1, Duration.between(from, now).dividedBy(period) + MARGIN);
        while (inUse > 0) {
            long first = Math.max(1, inUse - wanted + 1);
            GetResult answer = association
                    .get(List.of(Ask.entries(shape.profile(), first, inUse)), notes)
                    .get(0);
            if (!answer.requestSuccessful()) {
                throw Failures.refused(meter.id(), "profile " + shape.profile() + " by entry", answer.getResultCode());
            }
            List<Row> rows = new RowDecoder(shape, rule).rows(answer.getResultData());
            if (first == 1 || rows.isEmpty() || !rows.get(0).stamp().isAfter(from)) {
                return rows;
            }
            wanted *= 2;
        }
        return List.of();
    }

    private long number(Obis profile) throws IOException, MeterException {
        GetResult answer = association
                .get(List.of(Ask.of(Capture.PROFILE, profile, ENTRIES_IN_USE)), notes)
                .get(0);
        if (!answer.requestSuccessful()) {
            throw Failures.refused(meter.id(), "entries of " + profile, answer.getResultCode());
        }
        return Values.number(answer.getResultData());
    }
}
