package org.telar.simulator.media;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.iec21.Station;

/** All wires of the fleet, open while this object is. */
public final class Media implements Closeable {
    private final List<Closeable> open = new ArrayList<>();
    private final Outlets outlets = new Outlets();

    private final Fleet fleet;
    private Optional<PrimeNetwork> prime = Optional.empty();
    private Optional<UdpPort> udp = Optional.empty();

    private Media(Fleet fleet) {
        this.fleet = fleet;
    }

    /**
     * Opens every port and pseudo terminal that the fleet needs.
     *
     * @param pdu largest APDU that meters take and give, bytes
     * @param emulator models of slow media
     * @throws IOException with a sentence for people, if one cannot be opened; nothing stays open then
     */
    public static Media open(Fleet fleet, FleetSettings settings, int pdu, Traffic traffic, Emulator emulator)
            throws IOException {
        Media media = new Media(fleet);
        try {
            Replies replies = new Replies();
            media.open.add(replies);
            Services services = new Services(fleet, pdu, traffic, replies, media.outlets, emulator);
            media.tcp(services, settings);
            media.udp(services, settings);
            for (int i = 1; i <= fleet.lines(Medium.PTY); i++) {
                int line = i;
                Wire wire = services.in(Medium.PTY, line, () -> new HdlcWire(services, Medium.PTY, line))
                        .get();
                media.open.add(new PtyLine(settings.data().resolve("line-" + i), wire, traffic));
            }
            return media;
        } catch (IOException e) {
            media.close();
            throw e;
        }
    }

    private void tcp(Services services, FleetSettings settings) throws IOException {
        Fleet fleet = services.fleet();
        Traffic traffic = services.traffic();
        TcpListener first = new TcpListener("tcp-1", traffic);
        open.add(first);
        TcpListener second = new TcpListener("tcp-2", traffic);
        open.add(second);
        first.handOver(second);
        second.handOver(first);
        first.listen(
                settings.portBase() + 1,
                Medium.WRAPPER,
                services.in(Medium.WRAPPER, 0, () -> new WrapperWire(new MeterFrames(services, Medium.WRAPPER))));
        for (int i = 1; i <= fleet.lines(Medium.HDLC_TCP); i++) {
            int line = i;
            first.listen(
                    settings.linePort(line),
                    Medium.HDLC_TCP,
                    services.in(Medium.HDLC_TCP, line, () -> new HdlcWire(services, Medium.HDLC_TCP, line)));
        }
        if (uses(fleet, Medium.GATEWAY)) {
            first.listen(
                    settings.portBase() + FleetSettings.GATEWAY_PORT,
                    Medium.GATEWAY,
                    services.in(Medium.GATEWAY, 0, () -> new WrapperWire(new GatewayFrames(services))));
        }
        if (uses(fleet, Medium.PRIME)) {
            PrimeNetwork network = new PrimeNetwork(services);
            prime = Optional.of(network);
            first.listen(
                    settings.portBase() + FleetSettings.PRIME_PORT,
                    Medium.PRIME,
                    services.in(Medium.PRIME, 0, () -> new WrapperWire(new PrimeFrames(services, network))));
        }
        if (settings.iec21() > 0) {
            first.listen(
                    settings.portBase() + FleetSettings.IEC21_PORT,
                    Medium.IEC21,
                    services.in(Medium.IEC21, 0, () -> radio(fleet, traffic)));
        }
    }

    private void udp(Services services, FleetSettings settings) throws IOException {
        if (uses(services.fleet(), Medium.UDP)) {
            UdpPort port = new UdpPort(
                    settings.portBase() + FleetSettings.UDP_PORT,
                    Fleet.loopback(),
                    services.traffic(),
                    services.in(Medium.UDP, 0, () -> new DatagramWire(new MeterFrames(services, Medium.UDP))));
            open.add(port);
            udp = Optional.of(port);
        }
    }

    private static boolean uses(Fleet fleet, Medium medium) {
        return fleet.meters().stream().anyMatch(m -> m.spec().medium() == medium);
    }

    /** How meters say something on their own. */
    public Notifier notifier() {
        return new Notifier(fleet, outlets, prime, udp);
    }

    /** The PRIME base node, if there is one. */
    public Optional<PrimeNetwork> prime() {
        return prime;
    }

    private static Wire radio(Fleet fleet, Traffic traffic) {
        Station station = new Station(fleet, traffic);
        return (bytes, length, sink) -> station.received(bytes, length, sink::send);
    }

    @Override
    public void close() {
        for (Closeable part : open) {
            try {
                part.close();
            } catch (IOException e) {
                System.err.println("closing: " + e.getMessage());
            }
        }
        open.clear();
    }
}
