package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;

import org.telar.api.channel.Channel;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * The DLMS wrapper (IEC 62056-47 §4.3): {@code 0001 source destination length} before each APDU. Several meters may
 * share the channel; what comes from others, late answers included, is dropped.
 */
final class WrapperLink implements ApduLink {
    /** Bytes that may be thrown away while one answer is awaited. */
    private static final int MAX_REFUSE = 4 * MAX_APDU;

    /** After a failure: so long for what another device says to the same request. */
    private static final Duration SETTLING = Duration.ofMillis(100);

    private static final int STREAM_CHUNK = 4096;

    private final Channel channel;
    private final int client;
    private final int device;
    private final byte[] chunk;

    private final IntFunction<String> names;
    private final Strays strays;
    private Duration timeout;
    private WrapperDecoder decoder;
    /** The answer to the last request. */
    private Optional<byte[]> last = Optional.empty();

    private boolean punctual = true;
    private long deadline;

    WrapperLink(Channel channel, int client, MeterAddress.Wrapper address, Duration timeout) {
        this(channel, client, address.device(), timeout, device -> "wrapper:" + device, Strays.NONE);
    }

    /**
     * @param names addresses of devices in the form of the meter table
     * @param strays takes what is pushed by others, or before a request
     */
    WrapperLink(Channel channel, int client, int device, Duration timeout, IntFunction<String> names, Strays strays) {
        this.names = names;
        this.strays = strays;
        this.channel = channel;
        // A datagram is read whole or its end is lost.
        this.chunk = new byte[channel.isDatagram() ? MAX_APDU + WrapperDecoder.HEADER : STREAM_CHUNK];
        this.client = client;
        this.device = device;
        this.timeout = timeout;
        this.decoder = decoder();
    }

    private WrapperDecoder decoder() {
        return new WrapperDecoder(device, client, MAX_APDU, (source, apdu) -> strays.found(names.apply(source), apdu));
    }

    @Override
    public void open() {
        // The wrapper has no connection of its own.
    }

    @Override
    public void waitFor(Duration answer) {
        timeout = answer;
    }

    @Override
    public void send(byte[] apdu) throws IOException {
        clear();
        strays.noise(decoder.dropped());
        decoder = decoder();
        last = Optional.empty();
        ByteBuffer frame = ByteBuffer.allocate(WrapperDecoder.HEADER + apdu.length);
        frame.putShort((short) WrapperDecoder.VERSION);
        frame.putShort((short) client).putShort((short) device).putShort((short) apdu.length);
        try {
            channel.write(frame.put(apdu).array());
        } catch (IOException e) {
            throw new LinkException(Kind.CLOSED, "could not send: " + e.getMessage(), e);
        }
        deadline = System.nanoTime() + timeout.toNanos();
    }

    @Override
    public byte[] receive() throws IOException {
        while (true) {
            byte[] apdu = decoder.next();
            if (apdu != null) {
                last = Optional.of(apdu);
                return apdu;
            }
            if (decoder.dropped() > MAX_REFUSE) {
                throw new LinkException(Kind.GARBLED, "no wrapper frame in " + decoder.dropped() + " bytes");
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw silent();
            }
            decoder.feed(chunk, read(Duration.ofNanos(left)));
        }
    }

    private int read(Duration wait) throws LinkException {
        try {
            return channel.read(chunk, wait);
        } catch (SocketTimeoutException e) {
            throw silent();
        } catch (InterruptedIOException e) {
            throw new LinkException(Kind.CANCELLED, "interrupted", e);
        } catch (IOException e) {
            throw new LinkException(Kind.CLOSED, e.getMessage(), e);
        }
    }

    private LinkException silent() {
        // What comes from now on may be a late answer.
        punctual = false;
        return new LinkException(
                Kind.SILENT,
                "no answer within " + timeout.toMillis() + " ms"
                        + (decoder.dropped() > 0 ? ", " + decoder.dropped() + " unusable bytes" : ""));
    }

    /** Late answers are of no use; what was pushed meanwhile is. */
    private void clear() throws LinkException {
        clear(Duration.ZERO);
    }

    private void clear(Duration wait) throws LinkException {
        try {
            for (int read = 0; read < MAX_REFUSE; ) {
                // What came with the last answer stands in the decoder already.
                for (byte[] apdu = decoder.next(); apdu != null; apdu = decoder.next()) {
                    waiting(apdu);
                }
                int count = channel.read(chunk, wait);
                read += count;
                decoder.feed(chunk, count);
            }
        } catch (SocketTimeoutException nothingWaits) {
            // as it should be
        } catch (IOException e) {
            throw new LinkException(Kind.CLOSED, e.getMessage(), e);
        }
    }

    private void waiting(byte[] apdu) {
        boolean push = Notifications.is(apdu)
                || GatewayHeader.read(apdu).map(r -> Notifications.is(r.apdu())).orElse(false);
        if (push) {
            strays.found(names.apply(device), apdu);
        } else if (punctual && last.isPresent() && !Arrays.equals(last.get(), apdu)) {
            strays.twice();
        }
    }

    @Override
    public void settle() throws IOException {
        clear(SETTLING);
    }

    @Override
    public void close() {
        // Nothing to say: the association is released above.
    }
}
