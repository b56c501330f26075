package org.telar.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.harness.TcpFaultProxy.Trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The WAN of the demo: it carries, counts and can be cut (R45, F14). */
class TcpFaultProxyTest {
    private ServerSocket echo;
    private TcpFaultProxy wan;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve, "echo");
        server.setDaemon(true);
        server.start();
        wan = TcpFaultProxy.start(0, echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        wan.close();
        echo.close();
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket s = echo.accept();
                Thread one = new Thread(() -> echo(s), "echo-one");
                one.setDaemon(true);
                one.start();
            } catch (IOException connectionLost) {
                // The next connection is served; a closed listener ends the loop.
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException connectionLost) {
            // That is what the tests are about.
        }
    }

    @Test
    @DisplayName("bytes pass in both directions, are counted, and a side that ends still receives the rest")
    void carriesAndCounts() throws IOException {
        try (Socket s = connect()) {
            s.getOutputStream().write(new byte[70_000]);
            s.shutdownOutput();
            assertThat(s.getInputStream().readAllBytes()).hasSize(70_000);
        }
        assertThat(wan.bytesUp()).isEqualTo(70_000);
        assertThat(wan.bytesDown()).isEqualTo(70_000);
    }

    @Test
    @DisplayName("R45: a cut ends what is open and refuses what is new, until the link is restored")
    void cutAndRestore() throws IOException {
        try (Socket s = connect()) {
            s.getOutputStream().write(7);
            assertThat(s.getInputStream().read()).isEqualTo(7);
            wan.cut();
            assertThatThrownBy(() -> roundTrip(s)).isInstanceOf(IOException.class);
        }
        try (Socket refused = connect()) {
            assertThatThrownBy(() -> roundTrip(refused)).isInstanceOf(IOException.class);
        } catch (IOException refusedAtOnce) {
            assertThat(refusedAtOnce).hasMessageNotContaining("timed out");
        }
        wan.restore();
        try (Socket again = connect()) {
            assertThat(roundTrip(again)).isEqualTo(9);
        }
    }

    @Test
    @DisplayName("F16: a half-open connection swallows what is sent and tells nobody; a new one is well")
    void halfOpen() throws IOException {
        try (Socket s = connect();
                Socket other = connect()) {
            assertThat(roundTrip(s)).isEqualTo(9);
            assertThat(roundTrip(other)).isEqualTo(9);
            wan.halfOpen();
            s.setSoTimeout(300);
            assertThatThrownBy(() -> roundTrip(s)).isInstanceOf(java.net.SocketTimeoutException.class);
            try (Socket again = connect()) {
                assertThat(roundTrip(again)).isEqualTo(9);
            }
        }
    }

    @Test
    @DisplayName("F17: loss and delay make bytes late, never wrong; corruption flips bits; a reset ends the connection")
    void trouble() throws IOException {
        try (Socket s = connect()) {
            wan.trouble(
                    Trouble.NONE.withLoss(0.4).withDelay(Duration.ofMillis(5)).withSeed(3));
            long begin = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                assertThat(roundTrip(s)).isEqualTo(9);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(300));
            wan.trouble(Trouble.NONE.withCorrupt(1));
            assertThat(roundTrip(s)).isNotNegative();
            wan.trouble(Trouble.NONE.withReset(1));
            assertThatThrownBy(() -> roundTrip(s)).isInstanceOf(IOException.class);
            wan.calm();
        }
    }

    @Test
    @DisplayName("F35: throttled, nothing passes faster than it may")
    void throttle() throws IOException {
        wan.trouble(Trouble.NONE.withRate(20_000));
        try (Socket s = connect()) {
            long begin = System.nanoTime();
            s.getOutputStream().write(new byte[5_000]);
            s.shutdownOutput();
            assertThat(s.getInputStream().readAllBytes()).hasSize(5_000);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(200));
        }
    }

    @Test
    @DisplayName("the control socket sets trouble, tells figures, and says what it does not understand")
    void control() throws IOException {
        try (ProxyControl control = ProxyControl.start(0, Map.of("wan", wan));
                Socket c = new Socket(InetAddress.getLoopbackAddress(), control.port())) {
            c.setSoTimeout(10_000);
            assertThat(ask(c, "{\"proxy\":\"wan\",\"cmd\":\"trouble\",\"reset\":1}"))
                    .contains("\"ok\":true");
            try (Socket s = connect()) {
                assertThatThrownBy(() -> roundTrip(s)).isInstanceOf(IOException.class);
            }
            assertThat(ask(c, "{\"proxy\":\"wan\",\"cmd\":\"calm\"}")).contains("\"ok\":true");
            try (Socket s = connect()) {
                assertThat(roundTrip(s)).isEqualTo(9);
            }
            assertThat(ask(c, "{\"proxy\":\"wan\",\"cmd\":\"stats\"}")).contains("\"connections\":2");
            assertThat(ask(c, "{\"proxy\":\"wan\",\"cmd\":\"trouble\",\"loss\":2}"))
                    .contains("a chance from 0 to 1");
            assertThat(ask(c, "{\"proxy\":\"lan\",\"cmd\":\"calm\"}")).contains("there is no proxy 'lan'");
            assertThat(ask(c, "{\"proxy\":\"wan\",\"cmd\":\"calm\",\"los\":1}")).contains("what is 'los'?");
            assertThat(ask(c, "nonsense")).contains("one JSON object is expected");
        }
    }

    private static String ask(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        StringBuilder answer = new StringBuilder();
        for (int b = socket.getInputStream().read();
                b != '\n' && b >= 0;
                b = socket.getInputStream().read()) {
            answer.append((char) b);
        }
        return answer.toString();
    }

    private static int roundTrip(Socket s) throws IOException {
        s.getOutputStream().write(9);
        int answer = s.getInputStream().read();
        if (answer < 0) {
            throw new IOException("closed");
        }
        return answer;
    }

    private Socket connect() throws IOException {
        Socket s = new Socket(InetAddress.getLoopbackAddress(), wan.port());
        s.setSoTimeout(10_000);
        return s;
    }
}
