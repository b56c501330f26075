package org.telar.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.harness.TcpFaultProxy.Trouble;

/**
 * The control socket of fault proxies, on the loopback interface: one JSON object per line in, one back, {@code
 * {"ok":true}} or {@code {"ok":false,"error":"..."}}.
 *
 * <pre>
 * {"proxy":"wan","cmd":"trouble","delay_ms":50,"loss":0.4,"reset":0.01,"corrupt":0,"bytes_per_s":0,"stall":false,"seed":7}
 * {"proxy":"wan","cmd":"calm"}   cut, restore, reset, half-open, stats
 * </pre>
 */
public final class ProxyControl implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_LINE = 4096;
    private static final Set<String> KEYS =
            Set.of("proxy", "cmd", "delay_ms", "loss", "reset", "corrupt", "bytes_per_s", "stall", "seed");

    private final ServerSocket server;
    private final Map<String, TcpFaultProxy> proxies;

    private ProxyControl(ServerSocket server, Map<String, TcpFaultProxy> proxies) {
        this.server = server;
        this.proxies = Map.copyOf(proxies);
    }

    /** @param port 0 takes a free one */
    public static ProxyControl start(int port, Map<String, TcpFaultProxy> proxies) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        ProxyControl control = new ProxyControl(server, proxies);
        Thread t = new Thread(control::accept, "proxy-control");
        t.setDaemon(true);
        t.start();
        return control;
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket s = server.accept();
                Thread t = new Thread(() -> serve(s), "proxy-control-session");
                t.setDaemon(true);
                t.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write((answer(line) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException gone) {
            System.getLogger(ProxyControl.class.getName()).log(System.Logger.Level.TRACE, "control", gone);
        }
    }

    private String answer(String line) {
        ObjectNode answer = JSON.createObjectNode().put("ok", true);
        try {
            if (line.length() > LONGEST_LINE) {
                throw new IllegalArgumentException("a line has at most " + LONGEST_LINE + " characters");
            }
            execute(JSON.readTree(line), answer);
        } catch (IOException e) {
            answer.put("ok", false).put("error", "one JSON object is expected: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            answer.put("ok", false).put("error", e.getMessage());
        }
        return answer.toString();
    }

    private void execute(JsonNode request, ObjectNode answer) {
        request.fieldNames().forEachRemaining(name -> {
            if (!KEYS.contains(name)) {
                throw new IllegalArgumentException("what is '" + name + "'? Known: " + KEYS);
            }
        });
        TcpFaultProxy proxy = proxies.get(request.path("proxy").asText());
        if (proxy == null) {
            throw new IllegalArgumentException(
                    "there is no proxy '" + request.path("proxy").asText() + "': " + proxies.keySet());
        }
        switch (request.path("cmd").asText()) {
            case "trouble" -> proxy.trouble(trouble(request));
            case "calm" -> proxy.calm();
            case "cut" -> proxy.cut();
            case "restore" -> proxy.restore();
            case "reset" -> proxy.resetAll();
            case "half-open" -> proxy.halfOpen();
            case "stats" ->
                answer.put("bytes_up", proxy.bytesUp())
                        .put("bytes_down", proxy.bytesDown())
                        .put("connections", proxy.connections())
                        .put("open", proxy.open());
            default ->
                throw new IllegalArgumentException(
                        "cmd is trouble, calm, cut, restore, reset, half-open or stats, got '"
                                + request.path("cmd").asText() + "'");
        }
    }

    private static Trouble trouble(JsonNode request) {
        return new Trouble(
                Duration.ofMillis(request.path("delay_ms").asLong(0)),
                chance(request, "loss"),
                chance(request, "reset"),
                chance(request, "corrupt"),
                Math.max(0, request.path("bytes_per_s").asLong(0)),
                request.path("stall").asBoolean(false),
                request.path("seed").asLong(1));
    }

    private static double chance(JsonNode request, String name) {
        double chance = request.path(name).asDouble(0);
        if (chance < 0 || chance > 1) {
            throw new IllegalArgumentException(name + " is a chance from 0 to 1, got " + chance);
        }
        return chance;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
