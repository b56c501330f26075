package org.telar.channel.serial.internal;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import org.osgi.service.component.annotations.Component;
import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;

/** The OSGi component that offers {@link SerialChannelFactory}. */
@Component(service = ChannelFactory.class, property = "scheme=serial")
public final class SerialChannels implements ChannelFactory {
    private final SerialChannelFactory factory = new SerialChannelFactory();

    @Override
    public boolean opens(URI address) {
        return factory.opens(address);
    }

    @Override
    public Channel open(URI address, Duration timeout) throws IOException {
        return factory.open(address, timeout);
    }
}
