package org.telar.channel.serial.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.fazecast.jSerialComm.SerialPort;
import org.telar.api.channel.SerialLine;

/** An open serial port. One reader and one writer at a time; {@link #close()} from any thread ends a wait. */
final class SerialChannel implements SerialLine {
    /** Linux counts read timeouts in tenths of a second; longer waits are made of such slices. */
    static final int SLICE_MILLIS = 100;

    private final SerialPort port;
    private final String device;
    private final Settings settings;
    private volatile boolean open = true;

    /** @param settings with which the port was opened */
    SerialChannel(SerialPort port, String device, Settings settings) {
        this.port = port;
        this.device = device;
        this.settings = settings;
    }

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public void use(Settings next) throws IOException {
        port.flushIOBuffers();
        if (!open || !configure(port, next)) {
            throw gone("could not set " + next.baud() + " baud");
        }
    }

    static boolean configure(SerialPort port, Settings settings) {
        int parity =
                switch (settings.parity()) {
                    case NONE -> SerialPort.NO_PARITY;
                    case EVEN -> SerialPort.EVEN_PARITY;
                    case ODD -> SerialPort.ODD_PARITY;
                };
        int stop = settings.stop() == 1 ? SerialPort.ONE_STOP_BIT : SerialPort.TWO_STOP_BITS;
        return port.setComPortParameters(settings.baud(), settings.data(), stop, parity);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        int written = 0;
        while (written < bytes.length) {
            int count = open ? port.writeBytes(bytes, bytes.length - written, written) : -1;
            if (count <= 0) {
                throw gone("could not write");
            }
            written += count;
        }
    }

    @Override
    public int read(byte[] into, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        do {
            int count = open ? port.readBytes(into, into.length) : -1;
            if (count > 0) {
                return count;
            }
            if (count < 0 || !Files.exists(Path.of(device))) {
                throw gone("could not read");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting for " + device);
            }
        } while (System.nanoTime() < deadline);
        throw new SocketTimeoutException("nothing on " + device + " within " + timeout);
    }

    private EOFException gone(String what) {
        boolean wasOpen = open;
        int error = port.getLastErrorCode();
        close();
        return new EOFException(
                wasOpen
                        ? device + ": " + what + " (error " + error + "), the port is gone"
                        : device + " was closed here");
    }

    @Override
    public boolean isOpen() {
        return open && port.isOpen();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            port.closePort();
        }
    }

    @Override
    public String toString() {
        return "serial " + device;
    }
}
