package org.telar.concentrator.internal.orders;

import java.util.function.Consumer;
import java.util.function.Supplier;

import org.telar.acquisition.MeterJob;
import org.telar.concentrator.internal.Settings;
import org.telar.concentrator.internal.activity.EventLogs;
import org.telar.concentrator.internal.load.LoadContext;
import org.telar.concentrator.internal.load.LoadRuns;

/**
 * What orders are executed with.
 *
 * @param activities starts what the agenda starts, told when it has ended
 * @param queue hands a job to the meter's medium
 * @param canceller ends what waits of an order; how many jobs that were
 * @param settings in force; the centre may change them at any time
 */
public record OrderEnvironment(
        LoadRuns runs,
        Activities activities,
        LoadContext load,
        EventLogs logs,
        Consumer<MeterJob> queue,
        Canceller canceller,
        Supplier<Settings> settings) {

    /** Starts an activity with all meters. */
    public interface Activities {
        void start(
                String id,
                org.telar.contract.Agenda.Type type,
                java.time.Duration limit,
                Consumer<org.telar.concentrator.internal.activity.ActivityRuns.Summary> ended);
    }

    /** Ends waiting jobs. */
    public interface Canceller {
        int cancel(String order, String detail);
    }
}
