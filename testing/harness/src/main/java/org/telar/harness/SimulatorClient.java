package org.telar.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Control connection to the meter simulator: one JSON object per line in each direction. Thread-safe. */
public final class SimulatorClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONNECT_MILLIS = 3000;

    private final Socket socket;
    private final BufferedReader in;
    private final Writer out;

    /** Connects to the control port on the loopback interface. */
    public SimulatorClient(int port) throws IOException {
        socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
    }

    /** An empty request, to be filled. */
    public static ObjectNode request() {
        return JSON.createObjectNode();
    }

    /**
     * Sends one request and waits for its answer.
     *
     * @throws HarnessException when the simulator refuses (its words), or does not answer in time
     */
    public synchronized JsonNode call(JsonNode request, Duration deadline) throws HarnessException {
        try {
            socket.setSoTimeout((int) deadline.toMillis());
            out.write(request.toString());
            out.write('\n');
            out.flush();
            String line = in.readLine();
            if (line == null) {
                throw new IOException("it closed the connection");
            }
            JsonNode answer = JSON.readTree(line);
            if (!answer.path("ok").asBoolean(true) || answer.has("error")) {
                throw new HarnessException(
                        HarnessException.UNEXPECTED,
                        "The simulator refused " + request + ": "
                                + answer.path("error").asText(line));
            }
            return answer;
        } catch (JsonProcessingException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "The simulator's answer is no JSON", e);
        } catch (IOException e) {
            throw new HarnessException(
                    HarnessException.TIMEOUT, "The simulator did not answer " + request + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
