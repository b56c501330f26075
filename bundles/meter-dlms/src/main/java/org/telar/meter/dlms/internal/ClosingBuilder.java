package org.telar.meter.dlms.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Column;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.Capture.Role;

/** Makes register sets of closing rows; a demand gets its time of occurrence from the column beside it (D18). */
final class ClosingBuilder {
    private final RegisterKind kind;
    private final ProfileShape shape;
    private final List<Integer> values;
    private final List<Integer> occurred;

    ClosingBuilder(RegisterKind kind, ProfileShape shape) {
        this.kind = kind;
        this.shape = shape;
        this.values = shape.columnsOf(Role.VALUE);
        this.occurred = shape.columnsOf(Role.OCCURRED);
    }

    List<RegisterSet> build(TimeRange range, List<Row> rows) {
        List<RegisterSet> sets = new ArrayList<>();
        for (Row row : rows) {
            Instant stamp = row.stamp().truncatedTo(ChronoUnit.SECONDS);
            if (range.contains(stamp)) {
                sets.add(new RegisterSet(kind, shape.profile(), stamp, row.status(), values(row)));
            }
        }
        return sets;
    }

    private List<RegisterValue> values(Row row) {
        List<RegisterValue> result = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            Capture capture = shape.columns().get(values.get(i));
            if (row.values()[i] != Column.ABSENT) {
                Unit unit = capture.unit().orElse(new Unit(0, Unit.NONE));
                result.add(new RegisterValue(capture.object(), unit, row.values()[i], occurredAt(capture, row)));
            }
        }
        return result;
    }

    private Optional<Instant> occurredAt(Capture capture, Row row) {
        for (int i = 0; i < occurred.size(); i++) {
            if (shape.columns().get(occurred.get(i)).object().equals(capture.object())) {
                return row.occurred().get(i);
            }
        }
        return Optional.empty();
    }
}
