package org.telar.channel.net.internal;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import org.osgi.service.component.annotations.Component;
import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.channel.NodeListener;

/** The OSGi component that offers {@link NetChannelFactory}. */
@Component(
        service = ChannelFactory.class,
        property = {"scheme=tcp", "scheme=udp", "scheme=prime"})
public final class NetChannels implements ChannelFactory {
    private final NetChannelFactory factory = new NetChannelFactory();

    @Override
    public void onNodes(NodeListener listener) {
        factory.onNodes(listener);
    }

    @Override
    public boolean opens(URI address) {
        return factory.opens(address);
    }

    @Override
    public Channel open(URI address, Duration timeout) throws IOException {
        return factory.open(address, timeout);
    }
}
