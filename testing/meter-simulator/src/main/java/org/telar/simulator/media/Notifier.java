package org.telar.simulator.media;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;

import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterSpec;

/** Takes what a meter says on its own to a client: over the connection that there is, or to an address. Thread safe. */
public final class Notifier {
    private static final int CONNECT_MILLIS = 3000;

    private final Fleet fleet;
    private final Outlets outlets;
    private final Optional<PrimeNetwork> prime;
    private final Optional<UdpPort> udp;

    Notifier(Fleet fleet, Outlets outlets, Optional<PrimeNetwork> prime, Optional<UdpPort> udp) {
        this.fleet = fleet;
        this.outlets = outlets;
        this.prime = prime;
        this.udp = udp;
    }

    /**
     * Sends an APDU, framed as the meter's medium wants it.
     *
     * @param client address of the client
     * @param to {@code tcp://host:port} or {@code udp://host:port}; empty for the connection that there is
     * @throws IOException if there is no connection or the address does not take it
     */
    public void send(Meter meter, int client, byte[] apdu, Optional<URI> to) throws IOException {
        Medium medium = meter.spec().medium();
        if (to.isEmpty()) {
            if (medium == Medium.PRIME && prime.isPresent()) {
                prime.get().send(fleet.id(meter), client, apdu);
            } else {
                outlets.send(meter, client, apdu);
            }
            return;
        }
        byte[] frame =
                switch (medium) {
                    case WRAPPER, UDP, PRIME -> new WrapperFrame(fleet.id(meter), client, apdu).bytes();
                    case GATEWAY -> GatewayFrames.frame(fleet.id(meter), client, apdu);
                    case HDLC_TCP, PTY -> HdlcWire.push(server(fleet.id(meter)), client, apdu);
                    case IEC21 -> throw new IOException("an IEC 62056-21 meter does not push");
                };
        deliver(frame, to.get(), medium);
    }

    private static byte[] server(int physical) {
        return new byte[] {(byte) (MeterSpec.HDLC_LOGICAL << 1), (byte) (physical << 1 | 1)};
    }

    private void deliver(byte[] frame, URI to, Medium medium) throws IOException {
        if (to.getHost() == null || to.getPort() < 0) {
            throw new IOException(to + ": expected tcp://host:port or udp://host:port");
        }
        InetSocketAddress address = new InetSocketAddress(to.getHost().replaceAll("[\\[\\]]", ""), to.getPort());
        switch (to.getScheme()) {
            case "tcp" -> {
                try (Socket socket = new Socket()) {
                    socket.connect(address, CONNECT_MILLIS);
                    socket.getOutputStream().write(frame);
                }
            }
            case "udp" -> {
                if (medium == Medium.UDP && udp.isPresent()) {
                    udp.get().send(frame, address);
                    return;
                }
                try (DatagramSocket socket = new DatagramSocket()) {
                    socket.send(new DatagramPacket(frame, frame.length, address));
                }
            }
            default -> throw new IOException(to + ": expected tcp://host:port or udp://host:port");
        }
    }
}
