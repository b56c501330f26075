package org.telar.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the watchdog is fed by: a thread that works, not a process that exists. */
class SignOfLifeTest {
    @Test
    @DisplayName("F38: a thread that waits for ever is not alive, nor is one that is gone")
    void hangingThread() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    started.countDown();
                    try {
                        hangs.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "hanging-housekeeping");
        thread.start();
        started.await();
        SignOfLife life = new SignOfLife("hanging-housekeeping");
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(life.getAsBoolean()).as("it has worked until now").isTrue();
        await().atMost(Duration.ofSeconds(10)).until(() -> !life.getAsBoolean());
        hangs.countDown();
        thread.join();
        assertThat(life.getAsBoolean()).as("gone").isFalse();
    }
}
