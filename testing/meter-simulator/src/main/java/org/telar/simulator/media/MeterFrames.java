package org.telar.simulator.media;

import java.io.IOException;
import java.util.Optional;

import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/** Any meter of a medium by its destination, any client by its source. */
final class MeterFrames implements FrameHandler {
    private final Services services;
    private final Medium medium;
    private final Answers answers;

    MeterFrames(Services services, Medium medium) {
        this.services = services;
        this.medium = medium;
        this.answers = new Answers(services.pdu(), services.traffic());
    }

    @Override
    public void handle(WrapperFrame frame, Wire.Sink sink) throws IOException {
        int address = frame.destination();
        for (Meter meter : services.fleet().all(medium, 0, address)) {
            services.outlets()
                    .heard(meter, (client, apdu) -> sink.send(new WrapperFrame(address, client, apdu).bytes()));
            Optional<byte[]> apdu = answers.answer(meter, frame.source(), frame.content());
            if (apdu.isPresent()) {
                byte[] reply = new WrapperFrame(address, frame.source(), apdu.get()).bytes();
                services.replies().send(meter, Framing.WRAPPER, frame.bytes(), reply, sink);
            }
        }
    }
}
