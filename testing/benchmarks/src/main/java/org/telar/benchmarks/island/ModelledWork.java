package org.telar.benchmarks.island;

import java.util.List;

import org.telar.acquisition.Slicing;
import org.telar.acquisition.Work;
import org.telar.api.meter.MeterSession;

/** Work of a job as exchanges in place of calls on a session. */
abstract class ModelledWork implements Work {
    @Override
    public final boolean step(MeterSession session) {
        throw new UnsupportedOperationException("a modelled work has exchanges, no session");
    }

    /** The exchanges of the next step. */
    abstract List<MeterDay.Exchange> ask();

    /** The step was answered. @return true when there is more to do */
    abstract boolean answered();

    /** One step of some exchanges. */
    static ModelledWork once(List<MeterDay.Exchange> exchanges, Runnable answered) {
        return new ModelledWork() {
            @Override
            List<MeterDay.Exchange> ask() {
                return exchanges;
            }

            @Override
            boolean answered() {
                answered.run();
                return false;
            }
        };
    }

    /** The day of one meter: what is missing of it, in reads as large as the visit allows. Like the agent's LoadWork. */
    static final class Load extends ModelledWork {
        private final MeterDay day;
        private final Way way;
        private final IslandMeter meter;
        private Slicing slicing = Slicing.NONE;
        private boolean planned;
        private int perRead;
        private int asked;

        Load(MeterDay day, Way way, IslandMeter meter) {
            this.day = day;
            this.way = way;
            this.meter = meter;
        }

        @Override
        public void begin(Slicing ofThisVisit) {
            if (slicing != ofThisVisit) {
                slicing = ofThisVisit;
                planned = false;
            }
        }

        @Override
        List<MeterDay.Exchange> ask() {
            if (meter.missing() == 0) {
                asked = 0;
                return List.of();
            }
            boolean first = !planned;
            if (first) {
                perRead = way.sliced() ? slicing.slots(MeterDay.ROWS) : MeterDay.ROWS;
                planned = true;
            }
            asked = Math.min(perRead, meter.missing());
            slicing.asked(asked);
            if (!way.sliced()) {
                return day.exchanges(way.mode(), MeterDay.ROWS);
            }
            return day.exchanges(first ? way.mode() : way.mode() + "-next", asked);
        }

        @Override
        boolean answered() {
            meter.read(asked);
            return meter.missing() > 0;
        }
    }
}
