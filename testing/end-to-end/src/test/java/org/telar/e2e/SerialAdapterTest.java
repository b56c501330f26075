package org.telar.e2e;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.acquisition.JobResult;
import org.telar.acquisition.Medium;
import org.telar.acquisition.MediumConfig;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.MeterLocks;
import org.telar.acquisition.Priority;
import org.telar.acquisition.Reachability;
import org.telar.acquisition.RetryPolicy;
import org.telar.acquisition.Timeouts;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.channel.serial.internal.SerialChannelFactory;
import org.telar.meter.dlms.internal.DlmsMeterDriver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A line of meters on a serial adapter that goes and comes, with the real scheduler, driver and channel. */
@Timeout(90)
class SerialAdapterTest {
    private static final String[] FLEET = {"--meters", "5", "--mix", "pty=100", "--models", "B=100"};

    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "R81 R33: an adapter pulled is the concentrator's fault by name; plugged again, reads work without a restart")
    void pulledAndPlugged() throws Exception {
        Path device;
        Map<String, String> row;
        Medium medium;
        // When the simulator stops, its pseudo terminals and the links to them are gone, like those of an adapter.
        try (SimulatedMeters before = SimulatedMeters.start(folder, FLEET)) {
            row = before.fleet().get(0);
            device = Path.of(URI.create(row.get("endpoint")).getPath());
            medium = medium(row);
            assertThat(read(medium, row)).isInstanceOf(JobResult.Reached.class);
        }
        try (medium) {
            assertThat(Files.exists(device)).isFalse();
            for (int again = 0; again < 2; again++) {
                assertThat(read(medium, row)).isInstanceOfSatisfying(JobResult.Unreached.class, r -> {
                    assertThat(r.ko()).isEqualTo(Ko.CONCENTRATOR_FAULT);
                    assertThat(r.detail()).contains(device.toString());
                });
            }
            try (SimulatedMeters after = SimulatedMeters.start(folder, FLEET)) {
                assertThat(after.fleet().get(0)).containsEntry("endpoint", row.get("endpoint"));
                // Opening is left alone for some seconds after it failed; reads meanwhile are refused.
                await().atMost(Duration.ofSeconds(35))
                        .untilAsserted(() -> assertThat(read(medium, row)).isInstanceOf(JobResult.Reached.class));
            }
        }
    }

    private static Medium medium(Map<String, String> row) {
        DlmsMeterDriver driver =
                new DlmsMeterDriver(() -> Reader.GATEWAY, new Reader.Counters(), new Reader.Notes(), Clock.systemUTC());
        Medium medium = new Medium(
                new MediumConfig(
                        "meters",
                        URI.create(Reader.endpoint(row)),
                        1,
                        true,
                        Timeouts.DEFAULT,
                        RetryPolicy.DEFAULT.withPauses(List.of()),
                        Reader.TIMEOUT,
                        Duration.ofSeconds(1)),
                new Medium.Environment(
                        new SerialChannelFactory(),
                        name -> Optional.of(driver),
                        meter -> Optional.of(Reader.keys(row)),
                        new Reachability(),
                        Clock.systemUTC(),
                        System::nanoTime,
                        Thread::new,
                        new MeterLocks()));
        medium.start();
        return medium;
    }

    private static JobResult read(Medium medium, Map<String, String> row) throws Exception {
        CompletableFuture<JobResult> result = new CompletableFuture<>();
        medium.submit(new MeterJob(
                "order",
                Reader.meter(row, Map.of()),
                Priority.ON_DEMAND,
                System.nanoTime() + Duration.ofSeconds(60).toNanos(),
                session -> {
                    session.read(ReadRequest.probe());
                    return false;
                },
                result::complete));
        return result.get(20, TimeUnit.SECONDS);
    }
}
