package org.telar.meter.dlms.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.openmuc.jdlms.GetResult;
import org.telar.api.model.Unit;

/** Asks a meter whether a profile still has the shape that is remembered: capture objects, period, scalers. */
final class ShapeQuestion {
    private static final int HEAD = 2;

    private final ProfileShape shape;
    private final Map<Ask, Unit> scalers = new LinkedHashMap<>();

    ShapeQuestion(ProfileShape shape) {
        this.shape = shape;
        for (Capture c : shape.columns()) {
            c.unit()
                    .ifPresent(
                            u -> scalers.put(Ask.of(c.classId(), c.object(), Capture.scalerAttribute(c.classId())), u));
        }
    }

    List<Ask> asks() {
        List<Ask> asks = new ArrayList<>();
        asks.add(Ask.of(Capture.PROFILE, shape.profile(), Learner.CAPTURE_OBJECTS));
        asks.add(Ask.of(Capture.PROFILE, shape.profile(), Learner.CAPTURE_PERIOD));
        asks.addAll(scalers.keySet());
        return asks;
    }

    /** What is different, in words; empty when nothing is. */
    Optional<String> difference(List<GetResult> answers) throws LinkException {
        GetResult objects = answers.get(0);
        if (!objects.requestSuccessful()) {
            throw new LinkException(
                    LinkException.Kind.GARBLED, "capture objects cannot be read: " + objects.getResultCode());
        }
        List<Capture> told = Learner.captures(objects);
        List<Capture> known = shape.columns().stream().map(Capture::bare).toList();
        if (!told.equals(known)) {
            return Optional.of("captures " + told.stream().map(Capture::object).toList() + ", not "
                    + known.stream().map(Capture::object).toList());
        }
        long period = Learner.numberOr(answers.get(1), 0);
        if (period != shape.period().toSeconds()) {
            return Optional.of("the capture period is " + period + " s, not "
                    + shape.period().toSeconds() + " s");
        }
        int i = HEAD;
        for (Map.Entry<Ask, Unit> e : scalers.entrySet()) {
            Unit unit = Learner.unit(answers.get(i++));
            if (!unit.equals(e.getValue())) {
                return Optional.of("the scaler of " + e.getKey().address().getInstanceId() + " is " + unit + ", not "
                        + e.getValue());
            }
        }
        return Optional.empty();
    }
}
