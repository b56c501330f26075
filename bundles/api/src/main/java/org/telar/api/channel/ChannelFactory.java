package org.telar.api.channel;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Opens channels of some schemes. Thread-safe. */
public interface ChannelFactory {
    /** True for the schemes it knows: {@code tcp}, {@code udp}, {@code prime}, {@code serial}. */
    boolean opens(URI address);

    /**
     * Opens a channel: {@code tcp://host:port}, {@code udp://[::1]:port}, {@code prime://host:port} (a {@link NodeChannel}), {@code serial:/dev/ttyS0?baud=9600&data=8&
     * parity=none&stop=1}.
     *
     * @throws IOException with a sentence that names the address and what failed
     */
    Channel open(URI address, Duration timeout) throws IOException;

    /** Who hears of nodes of networks, from now on; a factory of other channels ignores it. */
    default void onNodes(NodeListener listener) {}
}
