package org.telar.benchmarks.island;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import org.telar.acquisition.Exchanges;
import org.telar.acquisition.MediumScheduler;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Slicing;
import org.telar.acquisition.VisitCourse;
import org.telar.api.meter.Waits;
import org.telar.api.model.Ko;

/**
 * A visit made of events: follows the product's {@link VisitCourse} as its {@code Visit} does. As the driver does it
 * (D8), a silent association is followed by one of the public client, and a meter that was silent to both is greeted by
 * the public client first.
 */
final class ModelledVisit {
    /** The gateway's own time between two exchanges, and to make a read safe on disk. */
    private static final Duration THINK = Duration.ofMillis(5);

    private static final Duration COMMIT = Duration.ofMillis(20);
    private static final Instant START = Instant.parse("2026-11-20T03:05:00Z");

    private final ModelledMedium medium;
    private final VisitCourse course;
    private final IslandMeter meter;
    private final Waits waits;
    private final Runnable left;
    private final Deque<MeterDay.Exchange> toDo = new ArrayDeque<>();
    private Exchanges used = Exchanges.NONE;
    private Optional<MeterJob> begun = Optional.empty();
    private boolean associated;
    private boolean publicTried;

    private final Slicing slicing = new Slicing() {
        @Override
        public int slots(int most) {
            return course.slots(most);
        }

        @Override
        public void asked(int slots) {
            course.asked(slots);
        }
    };

    ModelledVisit(ModelledMedium medium, MediumScheduler.Attempt first, IslandMeter meter, Runnable left) {
        this.medium = medium;
        this.course = new VisitCourse(medium.scheduler(), first);
        this.meter = meter;
        this.waits = medium.scheduler().waits(meter.id());
        this.left = left;
    }

    void begin() {
        if (medium.away().contains(meter.id())) {
            publicTried = true;
            exchanges(medium.day().exchanges("association", 0), this::associate);
        } else {
            associate();
        }
    }

    private void associate() {
        medium.away().remove(meter.id());
        exchanges(medium.day().exchanges("association", 0), this::associated);
    }

    private void associated() {
        associated = true;
        course.associated(taken(), now());
        serve();
    }

    private void serve() {
        ModelledWork work = (ModelledWork) course.job().work();
        if (!begun.equals(Optional.of(course.job()))) {
            begun = Optional.of(course.job());
            work.begin(slicing);
        }
        exchanges(work.ask(), () -> medium.events().after(COMMIT, () -> stepped(work)));
    }

    private void stepped(ModelledWork work) {
        boolean more = work.answered();
        course.stepped(more, taken(), START.plusNanos(now()), now()).ifPresent(ModelledVisit::tell);
        if (course.isOver()) {
            exchanges(medium.day().exchanges("release", 0), this::leave);
        } else {
            serve();
        }
    }

    private void exchanges(List<MeterDay.Exchange> apdus, Runnable then) {
        toDo.clear();
        toDo.addAll(apdus);
        next(then);
    }

    private void next(Runnable then) {
        if (toDo.isEmpty()) {
            then.run();
            return;
        }
        Duration wait = associated ? waits.answer() : waits.association();
        medium.exchange(course, toDo.poll(), meter, wait, held -> {
            used = used.plus(held.nanos());
            if (held.answered()) {
                medium.events().after(THINK, () -> next(then));
            } else {
                silent();
            }
        });
    }

    private void silent() {
        if (course.isOver()) {
            leave(); // Not even the release was answered; nothing is lost by it.
        } else if (!associated && !publicTried) {
            publicTried = true;
            // Association of the public client and its one question cost what an association costs.
            exchanges(medium.day().exchanges("association", 0), this::associate);
        } else {
            if (!associated) {
                medium.away().add(meter.id());
            }
            course.failed(Ko.METER_SILENT, "no answer", taken(), now()).ifPresent(ModelledVisit::tell);
            leave();
        }
    }

    private void leave() {
        course.released(taken(), now());
        medium.scheduler().left(meter.id());
        left.run();
    }

    private Exchanges taken() {
        Exchanges taken = used;
        used = Exchanges.NONE;
        return taken;
    }

    private long now() {
        return medium.events().now();
    }

    private static void tell(MediumScheduler.Ended ended) {
        ended.job().done().accept(ended.result());
    }
}
