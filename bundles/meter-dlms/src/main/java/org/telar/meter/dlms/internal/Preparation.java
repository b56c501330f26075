package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;

/** Learns what is missing to ask a meter and to understand its answers; nothing on most visits. */
final class Preparation {
    private final Meter meter;
    private final Association association;
    private final ModelNotes notes;
    private final Learning learning;
    private final Duration patience;

    /** @param patience how long another meter of the model may take to learn it */
    Preparation(Meter meter, Association association, ModelNotes notes, Learning learning, Duration patience) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
        this.learning = learning;
        this.patience = patience;
    }

    /** @return how to write times in the request; empty when it has none and nothing is known yet */
    Optional<TimeRule> prepare(ReadRequest request) throws IOException, MeterException, ShapeChanged {
        if (!isKnown(request)) {
            try (Learning.Turn turn = learning.turn(meter.model(), patience)) {
                notes.refresh();
                learn(request);
                notes.tell();
            }
        }
        boolean none = request.registers().stream()
                .allMatch(r -> notes.register(r).orElseThrow().isNone());
        if (none && !request.registers().isEmpty()) {
            throw new MeterException(Ko.UNSUPPORTED, meter.id(), "has no register " + request.registers());
        }
        return rule();
    }

    private boolean isKnown(ReadRequest request) {
        return unknownProfiles(request).isEmpty()
                && !isStampMissing(request)
                && (!hasRanges(request) || rule().isPresent())
                && request.registers().stream().allMatch(r -> notes.register(r).isPresent());
    }

    private Optional<TimeRule> rule() {
        return new Deviations(meter, notes).known();
    }

    private void learn(ReadRequest request) throws IOException, MeterException, ShapeChanged {
        Learner learner = new Learner(meter, association, notes);
        // A second round is needed when the first one shows a firmware of which other things are unknown.
        for (int round = 0; round < 2; round++) {
            List<Obis> unknown = unknownProfiles(request);
            boolean stamp = isStampMissing(request);
            if (stamp || !unknown.isEmpty() || hasRanges(request) && rule().isEmpty()) {
                learner.learn(unknown, stamp);
            }
        }
        learner.learnRegisters(request.registers());
    }

    private boolean isStampMissing(ReadRequest request) {
        return !request.profile().isEmpty() && notes.stamp().isEmpty();
    }

    private static boolean hasRanges(ReadRequest r) {
        return !(r.profile().isEmpty()
                && r.closings().isEmpty()
                && r.billing().isEmpty()
                && r.logs().isEmpty());
    }

    private List<Obis> unknownProfiles(ReadRequest request) {
        List<Obis> wanted = new ArrayList<>();
        if (!request.profile().isEmpty()) {
            wanted.add(notes.loadProfile());
        }
        if (!request.closings().isEmpty()) {
            wanted.add(notes.closingProfile());
        }
        if (!request.billing().isEmpty()) {
            wanted.add(notes.billingProfile());
        }
        request.logs().forEach(l -> wanted.add(l.log()));
        return wanted.stream().distinct().filter(p -> notes.shape(p).isEmpty()).toList();
    }
}
