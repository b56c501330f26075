package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.GetResult;
import org.openmuc.jdlms.datatypes.DataObject;
import org.telar.api.meter.Finding;
import org.telar.api.meter.LogRange;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterEvent;
import org.telar.api.model.TimeRange;
import org.telar.meter.dlms.internal.Capture.Role;
import org.telar.meter.dlms.internal.LinkException.Kind;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;

/**
 * An event log: a profile whose rows are captured by events. Its code is the first value beside the clock; a row without
 * a valid time is an event all the same, only nobody knows when.
 */
final class EventLog {
    private final Meter meter;
    private final Association association;
    private final ModelNotes notes;
    private final ProfileShape shape;
    private final TimeRule rule;
    private final LogRange range;
    private int at;

    EventLog(
            Meter meter, Association association, ModelNotes notes, ProfileShape shape, TimeRule rule, LogRange range) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
        this.shape = shape;
        this.rule = rule;
        this.range = range;
    }

    void addTo(List<Ask> asks) {
        at = asks.size();
        if (!notes.readsByEntry(shape.profile())) {
            TimeRange times = range.range();
            asks.add(Ask.range(shape.profile(), times.from().plusSeconds(1), times.to(), rule));
        }
    }

    /**
     * Events of the range, as they stand in the log.
     *
     * @param now the meter's clock, UTC
     * @param findings takes events without a time
     */
    List<MeterEvent> events(Association.Answers answers, Instant now, List<Finding> findings)
            throws IOException, MeterException, ShapeChanged {
        List<MeterEvent> events = new ArrayList<>();
        for (Entry e : entries(answers, now)) {
            if (e.at().isEmpty()) {
                findings.add(new Finding(
                        Finding.Code.EVENT_WITHOUT_TIME,
                        "Event log " + range.log() + " of meter " + meter.id() + " holds event " + e.code() + " "
                                + e.more() + " without a valid time."));
            } else if (range.range().contains(e.at().get())) {
                events.add(new MeterEvent(range.log(), e.at().get(), e.code(), e.more()));
            }
        }
        return events;
    }

    private record Entry(Optional<Instant> at, long code, List<Long> more) {}

    private List<Entry> entries(Association.Answers answers, Instant now)
            throws IOException, MeterException, ShapeChanged {
        if (!notes.readsByEntry(shape.profile())) {
            GetResult answer = answers.get(at);
            if (answer.requestSuccessful()) {
                return decoded(answer.getResultData());
            }
            if (answer.getResultCode() == AccessResultCode.TEMPORARY_FAILURE) {
                throw new LinkException(Kind.GARBLED, shape.profile() + " is temporarily not readable");
            }
            if (answer.getResultCode() == AccessResultCode.OBJECT_UNDEFINED) {
                throw new MeterException(Ko.UNSUPPORTED, meter.id(), "has no event log " + shape.profile());
            }
        }
        EntryReader entries = new EntryReader(meter, association, notes, shape.profile(), Duration.ZERO);
        List<Entry> read = entries.since(range.range().from(), now, this::decoded, e -> e.at().orElse(Instant.MAX));
        notes.rememberByEntry(shape.profile());
        return read;
    }

    private List<Entry> decoded(DataObject buffer) throws LinkException, ShapeChanged {
        List<Entry> entries = new ArrayList<>();
        List<DataObject> before = null;
        for (DataObject row : RowDecoder.elements(buffer)) {
            before = cells(row, before);
            entries.add(entry(before));
        }
        return entries;
    }

    /** Null-data means as in the row before. */
    private List<DataObject> cells(DataObject row, List<DataObject> before) throws LinkException, ShapeChanged {
        List<DataObject> cells = new ArrayList<>(RowDecoder.fields(row));
        if (cells.size() != shape.columns().size()) {
            throw new ShapeChanged(shape, "a row of " + shape.profile() + " has " + cells.size() + " elements");
        }
        for (int i = 0; i < cells.size() && before != null; i++) {
            if (cells.get(i).isNull()) {
                cells.set(i, before.get(i));
            }
        }
        return cells;
    }

    private Entry entry(List<DataObject> cells) throws LinkException {
        Optional<Instant> time =
                Values.time(cells.get(shape.column(Role.STAMP))).map(rule::utc);
        List<Long> words = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            Role role = shape.columns().get(i).role();
            if ((role == Role.STATUS || role == Role.VALUE) && !cells.get(i).isNull()) {
                words.add(Values.bits(cells.get(i)));
            }
        }
        if (words.isEmpty()) {
            throw new LinkException(Kind.GARBLED, "a row of " + shape.profile() + " has no event code");
        }
        return new Entry(time, words.get(0), words.subList(1, words.size()));
    }
}
