package org.telar.acquisition;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A medium with its real threads, on a driver whose meters answer, hang up or stay silent as the test says. */
class MediumTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final FakeLine line = new FakeLine();
    private final Reachability reachability = new Reachability();
    private final Map<String, JobResult> results = new ConcurrentHashMap<>();
    private final List<String> ended = Collections.synchronizedList(new ArrayList<>());
    private Medium medium;

    @AfterEach
    void close() {
        if (medium != null) {
            medium.close();
        }
    }

    @Test
    @DisplayName("R33: mute meters end as METER_SILENT, and all others are read")
    void muteMetersBlockNobody() {
        start(1, true, List.of(Duration.ZERO));
        line.mute.addAll(Set.of("m3", "m7"));
        for (int i = 0; i < 20; i++) {
            submit("m" + i, Priority.TODAY, 1);
        }
        await().atMost(SOON).until(() -> results.size() == 20);
        results.forEach((meter, result) -> {
            if (line.mute.contains(meter)) {
                assertThat(result).isInstanceOfSatisfying(JobResult.Unreached.class, u -> assertThat(u.ko())
                        .isEqualTo(Ko.METER_SILENT));
            } else {
                assertThat(result).as(meter).isInstanceOf(JobResult.Reached.class);
            }
        });
        assertThat(line.mostAtOnce.get()).as("one airtime budget").isEqualTo(1);
    }

    @Test
    @DisplayName("R28 D14: an order is answered between two exchanges of a running load, on the same line")
    void orderPreemptsAtExchange() throws InterruptedException {
        start(1, true, List.of());
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger steps = new AtomicInteger();
        submit("load", Priority.GAPS, session -> {
            session.read(ReadRequest.probe());
            running.countDown();
            awaitLatch(go);
            return steps.incrementAndGet() < 50;
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        submit("order", Priority.ON_DEMAND, 1);
        await().atMost(SOON).until(() -> results.containsKey("order"));
        assertThat(results).as("the load is still in its first step").doesNotContainKey("load");
        go.countDown();
        await().atMost(SOON).until(() -> results.containsKey("load"));
        assertThat(line.opened.get()).as("one line, opened once").isEqualTo(1);
    }

    @Test
    @DisplayName("G18: an order for the meter that is being loaded uses its association between two steps")
    void orderSharesTheAssociation() throws InterruptedException {
        start(1, true, List.of());
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger steps = new AtomicInteger();
        submit("m", Priority.TODAY, session -> {
            running.countDown();
            awaitLatch(go);
            return steps.incrementAndGet() < 3;
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        medium.submit(new MeterJob(
                "order",
                MediumSchedulerTest.meter("m"),
                Priority.ON_DEMAND,
                deadline(),
                s -> false,
                r -> ended.add("order after " + steps.get())));
        go.countDown();
        await().atMost(SOON).until(() -> results.containsKey("m"));
        assertThat(ended).first().isEqualTo("order after 1");
        assertThat(line.associations.get()).isEqualTo(1);
    }

    @Test
    @DisplayName("Fair use of IP: several meters at a time, never more exchanges than allowed, never two to one meter")
    void inFlightOnIp() {
        start(3, false, List.of());
        for (int i = 0; i < 60; i++) {
            submit("m" + i % 20, "job" + i, Priority.TODAY, 2);
        }
        await().atMost(SOON).until(() -> results.size() == 60);
        assertThat(line.mostAtOnce.get()).isBetween(2, 3);
        assertThat(line.twoToOneMeter.get()).isFalse();
        assertThat(line.opened.get()).as("channels are kept and used again").isLessThanOrEqualTo(4);
    }

    @Test
    @DisplayName("F24: a channel that broke while it was kept is opened again without counting as a miss")
    void brokenChannelIsReopened() {
        start(1, false, List.of());
        submit("a", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> results.containsKey("a"));
        line.breakNextAssociation.set(1);
        submit("b", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> results.containsKey("b"));
        assertThat(results.get("b")).isInstanceOfSatisfying(JobResult.Reached.class, r -> assertThat(r.attempts())
                .isEqualTo(1));
        assertThat(line.opened.get()).isEqualTo(2);
    }

    @Test
    @DisplayName("R33: a medium that cannot be opened is tried again; its jobs wait, and end when its patience ends")
    void mediumDown() {
        start(1, true, List.of());
        line.refuse = true;
        submit("early", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> medium.fault().isPresent());
        line.refuse = false;
        await().atMost(SOON).until(() -> results.containsKey("early"));
        assertThat(results.get("early")).isInstanceOf(JobResult.Reached.class);
        assertThat(medium.fault()).isEmpty();
    }

    @Test
    @DisplayName("R33: a serial port that stays away is the concentrator's fault, by name")
    void portGone() {
        line.refuse = true;
        start(URI.create("serial:/dev/gone"), Duration.ofMillis(300));
        submit("m", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> results.containsKey("m"));
        assertThat(results.get("m")).isInstanceOfSatisfying(JobResult.Unreached.class, u -> {
            assertThat(u.ko()).isEqualTo(Ko.CONCENTRATOR_FAULT);
            assertThat(u.detail()).contains("line").contains("refused by the test");
        });
    }

    @Test
    @DisplayName("R33 R81: a medium that was away for longer than its patience works again by itself when it is back")
    void backAfterPatience() {
        line.refuse = true;
        start(URI.create("serial:/dev/plugged-again"), Duration.ofMillis(300));
        submit("a", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> results.containsKey("a"));
        assertThat(results.get("a")).isInstanceOf(JobResult.Unreached.class);

        line.refuse = false;
        AtomicInteger tries = new AtomicInteger();
        await().atMost(SOON).untilAsserted(() -> {
            String next = "b" + tries.incrementAndGet();
            submit(next, Priority.ON_DEMAND, 1);
            await().atMost(SOON).until(() -> results.containsKey(next));
            assertThat(results.get(next)).isInstanceOf(JobResult.Reached.class);
        });
    }

    @Test
    @DisplayName("F38: closing ends waits and jobs within seconds")
    void closeEndsEverything() throws InterruptedException {
        start(1, true, List.of());
        CountDownLatch running = new CountDownLatch(1);
        submit("busy", Priority.TODAY, session -> {
            running.countDown();
            session.read(ReadRequest.probe());
            return true;
        });
        submit("queued", Priority.GAPS, 1);
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        medium.close();
        await().atMost(SOON).until(() -> results.size() == 2);
        assertThat(results.get("queued")).isInstanceOfSatisfying(JobResult.Unreached.class, u -> assertThat(u.ko())
                .isEqualTo(Ko.CANCELLED));
    }

    @Test
    @DisplayName("R33: a fault of our own, wherever it strikes, ends the job as INTERNAL, and the medium goes on")
    void faultsAreTold() {
        start(1, true, List.of());
        submit("step", Priority.TODAY, session -> {
            throw new IllegalStateException("a fault of the test");
        });
        submit("error", Priority.TODAY, session -> {
            throw new NoClassDefFoundError("a fault of the test");
        });
        line.faultyKeys.add("keys");
        submit("keys", Priority.TODAY, 1);
        submit("well", Priority.GAPS, 1);
        await().atMost(SOON).until(() -> results.size() == 4);
        for (String job : List.of("step", "error", "keys")) {
            assertThat(results.get(job)).as(job).isInstanceOfSatisfying(JobResult.Unreached.class, u -> {
                assertThat(u.ko()).isEqualTo(Ko.INTERNAL);
                assertThat(u.detail()).contains("a fault of the test");
            });
        }
        assertThat(results.get("well")).isInstanceOf(JobResult.Reached.class);
    }

    @Test
    @DisplayName("S31 F30: a meter that refused our keys is left alone; jobs meanwhile do not lengthen its pause")
    void refusedMeterIsLeftAlone() {
        start(1, true, List.of());
        line.refusing.add("m");
        for (int i = 0; i < 5; i++) {
            submit("m", "job" + i, Priority.TODAY, 1);
        }
        await().atMost(SOON).until(() -> results.size() == 5);
        assertThat(results.values())
                .allSatisfy(r -> assertThat(r).isInstanceOfSatisfying(JobResult.Unreached.class, u -> assertThat(u.ko())
                        .isEqualTo(Ko.AUTH_FAILED)));
        assertThat(line.associations.get()).as("asked once").isEqualTo(1);
        assertThat(reachability.refusedFor(new MeterId("m"), System.nanoTime()))
                .isLessThanOrEqualTo(Duration.ofMinutes(1).toNanos());
    }

    @Test
    @DisplayName("R33: a line that opens and on which nobody answers is told to be silent, until somebody answers")
    void silentMedium() {
        start(1, true, List.of(Duration.ZERO, Duration.ZERO));
        line.mute.addAll(Set.of("m1", "m2", "m3"));
        submit("m1", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> results.size() == 1);
        assertThat(medium.isSilent()).as("one mute meter is no silent line").isFalse();
        submit("m2", Priority.TODAY, 1);
        submit("m3", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> results.size() == 3);
        assertThat(medium.isSilent()).isTrue();
        line.mute.clear();
        submit("m4", Priority.TODAY, 1);
        await().atMost(SOON).until(() -> results.size() == 4);
        assertThat(medium.isSilent()).isFalse();
    }

    private void start(int inFlight, boolean shared, List<Duration> retries) {
        start(MediumSchedulerTest.ADDRESS, inFlight, shared, retries, Duration.ofSeconds(20));
    }

    private void start(URI address, Duration patience) {
        start(address, 1, true, List.of(), patience);
    }

    private void start(URI address, int inFlight, boolean shared, List<Duration> retries, Duration patience) {
        Timeouts quick = new Timeouts(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofSeconds(1));
        MediumConfig config = new MediumConfig(
                "line",
                address,
                inFlight,
                shared,
                quick,
                RetryPolicy.DEFAULT.withPauses(retries),
                Duration.ofSeconds(1),
                patience);
        medium = new Medium(
                config,
                new Medium.Environment(
                        line,
                        name -> Optional.of(line.driver()),
                        line::keys,
                        reachability,
                        Clock.systemUTC(),
                        System::nanoTime,
                        Thread::new,
                        new MeterLocks()));
        medium.start();
    }

    private void submit(String meter, Priority lane, int reads) {
        submit(meter, meter, lane, reads);
    }

    private void submit(String meter, String group, Priority lane, int reads) {
        AtomicInteger left = new AtomicInteger(reads);
        medium.submit(new MeterJob(
                group,
                MediumSchedulerTest.meter(meter),
                lane,
                deadline(),
                session -> {
                    session.read(ReadRequest.probe());
                    return left.decrementAndGet() > 0;
                },
                result -> results.put(group, result)));
    }

    private void submit(String meter, Priority lane, Work work) {
        medium.submit(new MeterJob(
                meter, MediumSchedulerTest.meter(meter), lane, deadline(), work, r -> results.put(meter, r)));
    }

    private static long deadline() {
        return System.nanoTime() + Duration.ofSeconds(30).toNanos();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A line with meters on it: counts what happens at one time. */
    private static final class FakeLine implements ChannelFactory {
        private final Set<String> mute = ConcurrentHashMap.newKeySet();
        private final Set<String> refusing = ConcurrentHashMap.newKeySet();
        private final Set<String> faultyKeys = ConcurrentHashMap.newKeySet();
        private final Set<String> talking = ConcurrentHashMap.newKeySet();
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger associations = new AtomicInteger();
        private final AtomicInteger breakNextAssociation = new AtomicInteger();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private final java.util.concurrent.atomic.AtomicBoolean twoToOneMeter =
                new java.util.concurrent.atomic.AtomicBoolean();
        private volatile boolean refuse;

        @Override
        public boolean opens(URI address) {
            return true;
        }

        @Override
        public Channel open(URI address, Duration timeout) throws IOException {
            if (refuse) {
                throw new IOException("refused by the test");
            }
            opened.incrementAndGet();
            return new FakeChannel();
        }

        Optional<MeterKeys> keys(MeterId meter) {
            if (faultyKeys.contains(meter.number())) {
                throw new IllegalStateException("a fault of the test");
            }
            return Optional.empty();
        }

        MeterDriver driver() {
            return new MeterDriver() {
                @Override
                public String name() {
                    return "fake";
                }

                @Override
                public MeterSession associate(
                        Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Duration timeout)
                        throws MeterException {
                    if (breakNextAssociation.getAndSet(0) == 1) {
                        channel.close();
                        throw new MeterException(Ko.METER_UNREACHABLE, meter.id(), "the other side closed");
                    }
                    associations.incrementAndGet();
                    if (refusing.contains(meter.id().number())) {
                        throw new MeterException(Ko.AUTH_FAILED, meter.id(), "told to refuse by the test");
                    }
                    exchange(meter, airtime, timeout);
                    return new FakeSession(FakeLine.this, meter, airtime, timeout);
                }
            };
        }

        void exchange(Meter meter, Airtime airtime, Duration timeout) throws MeterException {
            try (Airtime.Slot slot = airtime.acquire()) {
                twoToOneMeter.compareAndSet(false, !talking.add(meter.id().number()));
                int now = atOnce.incrementAndGet();
                mostAtOnce.accumulateAndGet(now, Math::max);
                try {
                    // The time an exchange takes is what this fake is about; nothing waits for it to be over.
                    TimeUnit.NANOSECONDS.sleep(
                            mute.contains(meter.id().number())
                                    ? timeout.toNanos()
                                    : Duration.ofMillis(5).toNanos());
                    if (mute.contains(meter.id().number())) {
                        throw new SocketTimeoutException("no answer within " + timeout);
                    }
                } finally {
                    atOnce.decrementAndGet();
                    talking.remove(meter.id().number());
                }
            } catch (SocketTimeoutException e) {
                throw new MeterException(Ko.METER_SILENT, meter.id(), e.getMessage());
            } catch (InterruptedIOException | InterruptedException e) {
                throw new MeterException(Ko.CANCELLED, meter.id(), String.valueOf(e.getMessage()));
            }
        }
    }

    private record FakeSession(FakeLine line, Meter meter, Airtime airtime, Duration timeout) implements MeterSession {
        @Override
        public MeterReadout read(ReadRequest request) throws MeterException {
            line.exchange(meter, airtime, timeout);
            Instant now = Instant.now();
            return new MeterReadout(meter.identity(), Optional.of(now), now, List.of(), List.of(), List.of(), 1);
        }

        @Override
        public void setClock(Instant to) {}

        @Override
        public void shiftClock(Duration by) {}

        @Override
        public void close() {}
    }

    private static final class FakeChannel implements Channel {
        private volatile boolean open = true;

        @Override
        public void write(byte[] bytes) {}

        @Override
        public int read(byte[] into, Duration timeout) throws IOException {
            throw new SocketTimeoutException();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
