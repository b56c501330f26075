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
     * Asks for the ports before anything is started, so that a refusal leaves nothing behind; the database's only
     * when it starts, because the server of a killed collector may hold it and is stopped first.
     */
    static void requireFree(CollectorSettings settings) {
        if (settings.roles().contains("collector")) {
            claim(settings.http().address(), settings.httpPort(), "telar.http.port");
        }
        if (settings.embedsBroker()) {
            claim(settings.mqtt().address(), settings.mqttPort(), "telar.mqtt.port");
        }
    }

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
