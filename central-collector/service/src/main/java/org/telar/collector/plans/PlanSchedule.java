package org.telar.collector.plans;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.telar.collector.BadInput;

/**
 * Dates and hours of a plan on local civil time; its windows are UTC (D5): an hour that a day does not have begins at
 * the first valid instant, one that it has twice counts once, the first time.
 *
 * @param dates single dates, or none
 * @param from first date, when there are no single dates
 * @param until last date; empty = for ever
 * @param days days of the week, with {@code from}; none = all
 * @param hours windows of a day; one whose end is not after its start ends the next day
 */
public record PlanSchedule(
        ZoneId zone,
        List<LocalDate> dates,
        Optional<LocalDate> from,
        Optional<LocalDate> until,
        Set<DayOfWeek> days,
        List<Hours> hours) {
    private static final int MOST_DATES = 1_000;
    private static final int MOST_HOURS = 24;
    private static final int LOOK_AHEAD = 30;

    /** @param end not after {@code start} = on the next day */
    public record Hours(LocalTime start, LocalTime end) {
        public Hours {
            if (start == null || end == null || start.equals(end)) {
                throw new BadInput("PLAN_WINDOW", start, end);
            }
        }
    }

    public PlanSchedule {
        dates = List.copyOf(new TreeSet<>(dates));
        days = Set.copyOf(days);
        hours = hours.stream().sorted(Comparator.comparing(Hours::start)).toList();
        boolean single = !dates.isEmpty();
        if (single == from.isPresent()
                || dates.size() > MOST_DATES
                || single && (until.isPresent() || !days.isEmpty())) {
            throw new BadInput(
                    "PLAN_DATES",
                    dates.size() + " / " + from.map(LocalDate::toString).orElse("-"));
        }
        if (until.isPresent() && from.filter(f -> f.isAfter(until.get())).isPresent()) {
            throw new BadInput("PLAN_DATES", from.get() + " .. " + until.get());
        }
        if (hours.isEmpty() || hours.size() > MOST_HOURS) {
            throw new BadInput("PLAN_WINDOW", "-", "-");
        }
    }

    /** The first window that ends after an instant. */
    public Optional<Window> next(Instant after) {
        LocalDate first = LocalDate.ofInstant(after, zone).minusDays(2);
        Stream<LocalDate> candidates = dates.isEmpty() ? repeated(first) : dates.stream();
        return candidates
                .filter(d -> !d.isBefore(first))
                .flatMap(d -> hours.stream().map(h -> window(d, h)))
                .filter(w -> w.to().isAfter(after))
                .limit(hours.size() + 1L)
                .min(Comparator.comparing(Window::from));
    }

    private Stream<LocalDate> repeated(LocalDate first) {
        LocalDate start = from.get().isAfter(first) ? from.get() : first;
        return Stream.iterate(start, d -> !over(d), d -> d.plusDays(1))
                .limit(LOOK_AHEAD)
                .filter(d -> days.isEmpty() || days.contains(d.getDayOfWeek()));
    }

    private boolean over(LocalDate date) {
        return until.filter(date::isAfter).isPresent();
    }

    /** End of the last window; empty when there is none. */
    Optional<Instant> last() {
        Optional<LocalDate> date = dates.isEmpty() ? until : Optional.of(dates.get(dates.size() - 1));
        return date.flatMap(d -> hours.stream().map(h -> window(d, h).to()).max(Comparator.naturalOrder()));
    }

    /** Windows that ended within a time, the last ones, for what was missed. */
    List<Window> ended(Instant after, Instant until, int atMost) {
        List<Window> ended = new ArrayList<>();
        Instant at = after;
        for (Optional<Window> w = next(at); w.isPresent() && !w.get().to().isAfter(until); w = next(at)) {
            at = w.get().to();
            ended.add(w.get());
            if (ended.size() > atMost) {
                ended.remove(0);
            }
        }
        return ended;
    }

    private Window window(LocalDate date, Hours h) {
        LocalDate endDate = h.end().isAfter(h.start()) ? date : date.plusDays(1);
        return new Window(instant(date.atTime(h.start())), instant(endDate.atTime(h.end())));
    }

    private Instant instant(LocalDateTime local) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        if (change != null && change.isGap()) {
            return change.getInstant();
        }
        return local.toInstant(zone.getRules().getValidOffsets(local).get(0));
    }
}
