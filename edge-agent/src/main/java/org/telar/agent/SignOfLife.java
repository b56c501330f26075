package org.telar.agent;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.function.BooleanSupplier;

/**
 * Whether the agent's housekeeping, which comes round every second, has worked since the last look: its thread has used
 * processor time. A thread that hangs, waits for ever or is gone has not. One caller at a time.
 */
final class SignOfLife implements BooleanSupplier {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final String name;
    private long last = -1;

    /** @param name of the thread that comes round */
    SignOfLife(String name) {
        this.name = name;
    }

    @Override
    public boolean getAsBoolean() {
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().equals(name)) {
                long used = threads.getThreadCpuTime(info.getThreadId());
                boolean worked = used != last;
                last = used;
                return worked && used >= 0;
            }
        }
        return false;
    }
}
