package org.telar.concentrator.internal.orders;

import java.util.List;
import java.util.function.Consumer;

import org.telar.acquisition.MeterJob;
import org.telar.api.model.Obis;
import org.telar.concentrator.internal.load.LoadContext;
import org.telar.concentrator.internal.load.LoadRuns;
import org.telar.concentrator.internal.load.Recorder;
import org.telar.contract.Result;

/**
 * What orders are executed with.
 *
 * @param registers read by READ_REGISTERS
 * @param queue hands a job to the meter's medium
 * @param results takes results to the outbox
 */
public record OrderEnvironment(
        LoadRuns runs,
        LoadContext load,
        Recorder recorder,
        List<Obis> registers,
        Consumer<MeterJob> queue,
        Consumer<Result> results) {}
