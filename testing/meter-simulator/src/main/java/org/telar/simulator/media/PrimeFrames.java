package org.telar.simulator.media;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/** The host connection of a PRIME base node: commands to the base node itself, APDUs to nodes. */
final class PrimeFrames implements FrameHandler {
    private static final int REPORT = 3;
    private static final int DELETE = 4;
    private static final int AUTO_CLOSE_ON = 5;
    private static final int AUTO_CLOSE_OFF = 6;

    private final Services services;
    private final PrimeNetwork network;
    private Optional<Wire.Sink> attached = Optional.empty();

    PrimeFrames(Services services, PrimeNetwork network) {
        this.services = services;
        this.network = network;
    }

    @Override
    public void opened(Wire.Sink sink) throws IOException {
        network.attach(sink);
        attached = Optional.of(sink);
    }

    @Override
    public void closed() {
        attached.ifPresent(network::detach);
    }

    @Override
    public void handle(WrapperFrame frame, Wire.Sink sink) throws IOException {
        if (frame.destination() == PrimeNetwork.BASE_NODE) {
            command(frame);
        } else if (frame.destination() == PrimeNetwork.BROADCAST) {
            // Everybody hears it, nobody answers.
            for (Meter meter : network.nodes().values()) {
                network.answer(meter, frame.source(), frame.content());
            }
        } else {
            deliver(frame, sink);
        }
    }

    private void command(WrapperFrame frame) throws IOException {
        byte[] content = frame.content();
        if (frame.source() != PrimeNetwork.HOST || content.length == 0) {
            return;
        }
        OptionalInt node = content.length >= 3
                ? OptionalInt.of((content[1] & 0xFF) << 8 | content[2] & 0xFF)
                : OptionalInt.empty();
        switch (content[0]) {
            case REPORT -> network.report();
            case DELETE -> delete(node);
            case AUTO_CLOSE_ON -> network.autoClose(node, true);
            case AUTO_CLOSE_OFF -> network.autoClose(node, false);
            default -> {
                // A base node says nothing to what it does not know.
            }
        }
    }

    private void delete(OptionalInt node) throws IOException {
        if (node.isPresent()) {
            Optional<Meter> meter = services.fleet().at(Medium.PRIME, 0, node.getAsInt());
            if (meter.isPresent()) {
                network.leave(meter.get());
            }
        }
    }

    private void deliver(WrapperFrame frame, Wire.Sink sink) throws IOException {
        for (Meter meter : services.fleet().all(Medium.PRIME, 0, frame.destination())) {
            Optional<byte[]> apdu = network.answer(meter, frame.source(), frame.content());
            if (apdu.isPresent()) {
                byte[] reply = new WrapperFrame(frame.destination(), frame.source(), apdu.get()).bytes();
                services.replies().send(meter, Framing.WRAPPER, frame.bytes(), reply, sink);
            }
        }
    }
}
