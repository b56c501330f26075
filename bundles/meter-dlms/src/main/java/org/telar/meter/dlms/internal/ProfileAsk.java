package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.GetResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;
import org.telar.api.model.TimeRange;
import org.telar.meter.dlms.internal.LinkException.Kind;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;

/**
 * One profile of a visit: what is put into the list of attributes for it, and its rows. The first range begins one row
 * early: a row that was there at the last visit proves that the profile was not emptied since, so that its shape still
 * holds ({@link ShapeChecks}); where that cannot be told, the shape itself is asked.
 */
final class ProfileAsk {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileAsk.class);

    /** A meter may need a moment to capture a row. */
    private static final Duration CAPTURE_TIME = Duration.ofSeconds(60);

    private final Meter meter;
    private final Association association;
    private final ModelNotes notes;
    private final ShapeChecks checks;
    private final ProfileShape shape;
    private final TimeRule rule;
    private final Duration toEnd;
    private final List<TimeRange> ranges;
    private final Optional<Instant> seen;
    private final ShapeQuestion question;
    private int at;
    private int questionAt = -1;
    private Optional<Instant> oldest = Optional.empty();

    /**
     * @param ranges of interval ends, ascending, at least one
     * @param toEnd from a row's stamp to the end of its interval
     */
    ProfileAsk(
            Meter meter,
            Association association,
            ModelNotes notes,
            ShapeChecks checks,
            ProfileShape shape,
            TimeRule rule,
            Duration toEnd,
            List<TimeRange> ranges) {
        this.meter = meter;
        this.association = association;
        this.notes = notes;
        this.checks = checks;
        this.shape = shape;
        this.rule = rule;
        this.toEnd = toEnd;
        this.ranges = ranges;
        this.seen =
                checks.seen(meter.id(), shape).filter(s -> !ranges.get(0).from().isAfter(s));
        this.question = new ShapeQuestion(shape);
    }

    ProfileShape shape() {
        return shape;
    }

    /** The end of the oldest row that is held, where rows of an earlier visit are gone. */
    Optional<Instant> oldestOfEmptied() {
        return oldest;
    }

    void addTo(List<Ask> asks) {
        at = asks.size();
        if (!notes.readsByEntry(shape.profile())) {
            for (int i = 0; i < ranges.size(); i++) {
                asks.add(Ask.range(
                        shape.profile(),
                        stamps(i).from().plusSeconds(1),
                        stamps(i).to(),
                        rule));
            }
        }
        if (seen.isEmpty()) {
            questionAt = asks.size();
            asks.addAll(question.asks());
        }
    }

    /** Stamps of a range: from exclusive, to inclusive. */
    private TimeRange stamps(int i) {
        Instant from = ranges.get(i).from().minus(toEnd);
        return new TimeRange(
                i == 0 && seen.isPresent() ? from.minus(shape.period()) : from,
                ranges.get(i).to().minus(toEnd));
    }

    /**
     * Rows of each range, perhaps with some before it.
     *
     * @param now the meter's clock, UTC
     */
    List<List<Row>> rows(Association.Answers answers, Instant now) throws IOException, MeterException, ShapeChanged {
        if (questionAt >= 0) {
            check(
                    answers.results()
                            .subList(questionAt, questionAt + question.asks().size()),
                    now);
        }
        List<List<Row>> rows = decoded(answers, now);
        if (seen.isPresent()) {
            boolean proved = rows.stream()
                    .flatMap(List::stream)
                    .anyMatch(r -> !r.stamp().plus(toEnd).isAfter(seen.get()));
            if (proved) {
                checks.proved(meter.id(), shape, now);
            } else {
                explain(now);
            }
        }
        return rows;
    }

    /** No row of an earlier visit came: were there none, is the profile another, or is it emptied? */
    private void explain(Instant now) throws IOException, ShapeChanged {
        List<Ask> asks = new ArrayList<>(question.asks());
        asks.add(Ask.entries(shape.profile(), 1, 1));
        List<GetResult> results = association.get(asks, notes).results();
        check(results.subList(0, results.size() - 1), now);
        GetResult first = results.get(results.size() - 1);
        if (first.requestSuccessful()) {
            oldest = new RowDecoder(shape, rule)
                    .rows(first.getResultData()).stream()
                            .map(r -> r.stamp().plus(toEnd))
                            .filter(end -> end.isAfter(seen.orElseThrow()))
                            .findFirst();
        }
    }

    /**
     * Some models ignore the range and answer all they hold; then the newest row is there. Rows of another time without
     * it are the answer to another question (F29): no slot is called missing because of them.
     *
     * @param now the stamp of a row that would be captured now
     */
    private void checkAsked(TimeRange asked, List<Row> rows, Instant now) throws LinkException {
        if (rows.isEmpty() || shape.period().isZero()) {
            return;
        }
        Instant until = asked.to().isBefore(now.minus(CAPTURE_TIME)) ? asked.to() : now.minus(CAPTURE_TIME);
        Instant newest = shape.gridAfter(until.minus(shape.period()), rule.zone());
        boolean outside = rows.stream().anyMatch(r -> !asked.contains(r.stamp()));
        if (outside && rows.get(rows.size() - 1).stamp().isBefore(newest)) {
            throw new LinkException(
                    Kind.GARBLED,
                    shape.profile() + " answers rows of "
                            + rows.get(0).stamp() + " to "
                            + rows.get(rows.size() - 1).stamp() + ", asked was " + asked);
        }
    }

    private void check(List<GetResult> answers, Instant now) throws LinkException, ShapeChanged {
        Optional<String> difference = question.difference(answers);
        if (difference.isPresent()) {
            throw new ShapeChanged(shape, shape.profile() + ": " + difference.get());
        }
        checks.asked(meter.id(), shape, now);
    }

    private List<List<Row>> decoded(Association.Answers answers, Instant now)
            throws IOException, MeterException, ShapeChanged {
        List<List<Row>> result = new ArrayList<>();
        EntryReader entries = new EntryReader(meter, association, notes, shape.profile(), shape.period());
        RowDecoder byEntry = new RowDecoder(shape, rule);
        if (notes.readsByEntry(shape.profile())) {
            List<Row> all = entries.since(stamps(0).from(), now, byEntry::fresh, Row::stamp);
            ranges.forEach(r -> result.add(all));
            return result;
        }
        for (int i = 0; i < ranges.size(); i++) {
            GetResult answer = answers.get(at + i);
            if (answer.requestSuccessful()) {
                List<Row> rows = new RowDecoder(shape, rule, Optional.of(stamps(i))).rows(answer.getResultData());
                checkAsked(stamps(i), rows, now.minus(toEnd));
                result.add(rows);
            } else if (answer.getResultCode() == AccessResultCode.TEMPORARY_FAILURE) {
                throw new LinkException(Kind.GARBLED, shape.profile() + " is temporarily not readable");
            } else if (answer.getResultCode() == AccessResultCode.OBJECT_UNDEFINED) {
                throw new MeterException(Ko.UNSUPPORTED, meter.id(), "has no profile " + shape.profile());
            } else {
                LOG.debug("meter {}: {} by range: {}", meter.id(), shape.profile(), answer.getResultCode());
                result.add(entries.since(stamps(i).from(), now, byEntry::fresh, Row::stamp));
                notes.rememberByEntry(shape.profile());
            }
        }
        return result;
    }
}
