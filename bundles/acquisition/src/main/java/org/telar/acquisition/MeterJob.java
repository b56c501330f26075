package org.telar.acquisition;

import java.util.function.Consumer;

import org.telar.api.meter.Meter;

/**
 * Work for one meter, queued on its medium.
 *
 * @param group id of the order or run it belongs to
 * @param deadline on the monotonic clock, nanoseconds: the job neither starts nor asks for airtime after it
 * @param done called once, on a thread of the medium, quickly
 */
public record MeterJob(
        String group, Meter meter, Priority priority, long deadline, Work work, Consumer<JobResult> done) {}
