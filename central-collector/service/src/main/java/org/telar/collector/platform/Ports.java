package org.telar.collector.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import org.telar.collector.RefusedException;

/** Ports asked for before a server that would only log a stack trace takes them. */
final class Ports {
    private Ports() {}

    /**
     * The port to use: the given one, or any free one for 0.
     *
     * @param key what to name in the sentence
     * @throws RefusedException when it is in use or may not be bound
     */
    static int claim(String address, int port, String key) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new RefusedException(
                    "port " + port + " at " + address + " (" + key + ") cannot be used (" + e.getMessage()
                            + "); stop the process that holds it or choose another port.",
                    e);
        }
    }
}
