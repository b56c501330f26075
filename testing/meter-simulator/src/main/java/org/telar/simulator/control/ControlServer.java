package org.telar.simulator.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Serves commands, one JSON object per line, to a few local clients at a time. */
public final class ControlServer implements Closeable {
    private static final int MAX_LINE = 1 << 20;
    private static final int MAX_CLIENTS = 8;

    private final Commands commands;
    private final ServerSocket server = new ServerSocket();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers;

    /**
     * Opens the control port on the loopback.
     *
     * @throws IOException with a sentence for people, if the port is taken
     */
    public ControlServer(int port, Commands commands) throws IOException {
        this.commands = commands;
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            server.close();
            throw new IOException("port " + port + " on 127.0.0.1 cannot be opened: " + e.getMessage(), e);
        }
        workers = new ThreadPoolExecutor(1, MAX_CLIENTS + 1, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "control");
            thread.setDaemon(true);
            return thread;
        });
        workers.execute(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                clients.add(client);
                try {
                    workers.execute(() -> serve(client));
                } catch (java.util.concurrent.RejectedExecutionException e) {
                    clients.remove(client);
                    client.close();
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    System.err.println("control: " + e.getMessage());
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b != '\n') {
                    line.write(b);
                    if (line.size() > MAX_LINE) {
                        reply(client, "{\"ok\":false,\"error\":\"line longer than " + MAX_LINE + " bytes\"}");
                        return;
                    }
                } else if (line.size() > 0) {
                    reply(client, commands.run(line.toString(StandardCharsets.UTF_8)));
                    line.reset();
                }
            }
        } catch (IOException e) {
            // The client went away.
        } finally {
            clients.remove(client);
        }
    }

    private static void reply(Socket client, String json) throws IOException {
        client.getOutputStream().write((json + "\n").getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : clients) {
            client.close();
        }
        workers.shutdownNow();
    }
}
