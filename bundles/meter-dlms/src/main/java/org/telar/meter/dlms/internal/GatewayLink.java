package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

import org.telar.meter.dlms.internal.LinkException.Kind;

/** Puts a gateway's header before what another link carries, and takes only what came from our meter behind it. */
final class GatewayLink implements ApduLink {
    /** Answers of other meters behind the gateway that may come before ours. */
    private static final int MOST_FOREIGN = 32;

    private final ApduLink link;
    private final GatewayHeader header;
    private final String base;
    private final Strays strays;

    /**
     * @param base address of the gateway's own link, in the form of the meter table without the part after @
     * @param strays takes what other meters behind the gateway push
     */
    GatewayLink(ApduLink link, GatewayHeader header, String base, Strays strays) {
        this.link = link;
        this.header = header;
        this.base = base;
        this.strays = strays;
    }

    /** What the link below finds, with the gateway's header taken off. */
    static Strays unwrapping(Strays strays) {
        return new Strays() {
            @Override
            public void found(String source, byte[] bytes) {
                Optional<GatewayHeader.Routed> routed = GatewayHeader.read(bytes);
                String from = routed.map(r -> source + "@" + r.from()).orElse(source);
                strays.found(from, routed.map(GatewayHeader.Routed::apdu).orElse(bytes));
            }

            @Override
            public void noise(long bytes) {
                strays.noise(bytes);
            }

            @Override
            public void resent() {
                strays.resent();
            }
            // Two answers from one gateway are those of two meters behind it, nothing strange.
        };
    }

    @Override
    public void open() throws IOException {
        link.open();
    }

    @Override
    public void send(byte[] apdu) throws IOException {
        link.send(header.before(apdu));
    }

    @Override
    public byte[] receive() throws IOException {
        for (int i = 0; i < MOST_FOREIGN; i++) {
            byte[] bytes = link.receive();
            Optional<GatewayHeader.Routed> routed = GatewayHeader.read(bytes);
            if (routed.isPresent() && routed.get().from().equals(header)) {
                return routed.get().apdu();
            }
            if (routed.isPresent() && Notifications.is(routed.get().apdu())) {
                strays.found(base + "@" + routed.get().from(), routed.get().apdu());
            }
        }
        throw new LinkException(Kind.GARBLED, "only answers of other meters behind the gateway");
    }

    @Override
    public void waitFor(Duration answer) {
        link.waitFor(answer);
    }

    @Override
    public void settle() throws IOException {
        link.settle();
    }

    @Override
    public void close() {
        link.close();
    }
}
