package org.telar.channel.serial.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;

/** Opens {@code serial:/dev/NAME?baud=9600&data=8&parity=none&stop=1}; real ports and PTYs. Thread-safe. */
public final class SerialChannelFactory implements ChannelFactory {
    @Override
    public boolean opens(URI address) {
        return "serial".equalsIgnoreCase(address.getScheme());
    }

    @Override
    public Channel open(URI address, Duration timeout) throws IOException {
        if (!opens(address)) {
            throw new IOException("expected serial:/dev/NAME, got " + address);
        }
        SerialAddress serial = SerialAddress.of(address);
        if (!Files.exists(Path.of(serial.device()))) {
            throw new IOException(
                    "serial port " + serial.device() + " does not exist (adapter unplugged, or another name?)");
        }
        NativeLibrary.prepare();
        return new SerialChannel(configured(serial), serial.device(), serial.settings());
    }

    private static SerialPort configured(SerialAddress address) throws IOException {
        try {
            SerialPort port = SerialPort.getCommPort(address.device());
            SerialChannel.configure(port, address.settings());
            port.setFlowControl(SerialPort.FLOW_CONTROL_DISABLED);
            port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, SerialChannel.SLICE_MILLIS, 0);
            if (!port.openPort(0)) {
                throw new IOException("cannot open serial port " + address.device() + " (error "
                        + port.getLastErrorCode() + "): is it in use, and may this user open it?");
            }
            return port;
        } catch (SerialPortInvalidPortException e) {
            throw new IOException(address.device() + " is not a serial port", e);
        }
    }
}
