package org.telar.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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
            try (Socket s = echo.accept()) {
                s.getInputStream().transferTo(s.getOutputStream());
            } catch (IOException connectionLost) {
                // The next connection is served; a closed listener ends the loop.
            }
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
