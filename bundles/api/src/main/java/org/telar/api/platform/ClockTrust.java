package org.telar.api.platform;

/** Whether the host clock may be used to judge or set a meter's clock (D2). */
public interface ClockTrust {
    /** True while the host is time-synchronised and within 5 s of the collector's clock. */
    boolean isTrusted();

    /** Why it is not trusted, in words; empty when it is. */
    String reason();
}
