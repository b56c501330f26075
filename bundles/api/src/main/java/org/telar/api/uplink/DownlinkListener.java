package org.telar.api.uplink;

/** Takes what comes down. Called on the uplink's own delivery thread: return quickly. */
public interface DownlinkListener {
    /**
     * @param kind last part of the topic: {@code orders}, {@code table}, {@code activities}, {@code config},
     *     {@code update}
     * @param payload encoded message, at most 1 MiB
     */
    void received(String kind, byte[] payload);

    /** The link came up (again). */
    default void connected() {}
}
