package org.telar.channel.net.internal;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.channel.NodeListener;

/**
 * Opens {@code tcp://host:port}, {@code udp://host:port} and {@code prime://host:port} (a base-node service on TCP), IPv4
 * and IPv6 ({@code tcp://[fd00::1]:4059}). Thread-safe.
 */
public final class NetChannelFactory implements ChannelFactory {
    private static final int MAX_PORT = 65_535;
    private static final Set<String> SCHEMES = Set.of("tcp", "udp", "prime");

    private volatile NodeListener listener = NodeListener.NONE;

    @Override
    public void onNodes(NodeListener next) {
        listener = next;
    }

    @Override
    public boolean opens(URI address) {
        return address.getScheme() != null
                && SCHEMES.contains(address.getScheme().toLowerCase(Locale.ROOT));
    }

    /**
     * Opens a channel.
     *
     * @throws ConnectException when the other side refuses
     * @throws SocketTimeoutException when it does not answer within {@code timeout}
     * @throws UnknownHostException when the name has no address
     */
    @Override
    public Channel open(URI address, Duration timeout) throws IOException {
        if (!opens(address)) {
            throw new IOException("expected tcp://host:port, udp://host:port or prime://host:port, got " + address);
        }
        if (address.getHost() == null || address.getPort() < 1 || address.getPort() > MAX_PORT) {
            throw new IOException("expected host and port 1.." + MAX_PORT + " as in tcp://192.0.2.7:4059 or"
                    + " tcp://[fd00::1]:4059, got " + address);
        }
        InetSocketAddress peer = resolve(address);
        try {
            return switch (address.getScheme().toLowerCase(Locale.ROOT)) {
                case "udp" -> UdpChannel.connect(peer);
                case "prime" -> new PrimeChannel(address, TcpChannel.connect(peer, timeout), listener);
                default -> TcpChannel.connect(peer, timeout);
            };
        } catch (ConnectException e) {
            throw named(new ConnectException(address + " refused the connection: " + e.getMessage()), e);
        } catch (NoRouteToHostException e) {
            throw named(new NoRouteToHostException("no route to " + address + ": " + e.getMessage()), e);
        } catch (SocketTimeoutException e) {
            throw named(new SocketTimeoutException(address + " did not accept a connection within " + timeout), e);
        } catch (IOException e) {
            throw new IOException("cannot open " + address + ": " + e.getMessage(), e);
        }
    }

    private static InetSocketAddress resolve(URI address) throws UnknownHostException {
        try {
            return new InetSocketAddress(InetAddress.getByName(address.getHost()), address.getPort());
        } catch (UnknownHostException e) {
            throw named(new UnknownHostException("no address for the host of " + address), e);
        }
    }

    private static <E extends IOException> E named(E exception, IOException cause) {
        exception.initCause(cause);
        return exception;
    }
}
