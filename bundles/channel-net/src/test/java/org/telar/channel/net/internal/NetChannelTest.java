package org.telar.channel.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.api.channel.Channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Bytes travel, waits end, and errors are typed so that a driver can tell silent from unreachable (R41, D13). */
@Timeout(20)
class NetChannelTest {
    private static final Duration SECONDS = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(60);

    private final NetChannelFactory factory = new NetChannelFactory();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @DisplayName("R41: TCP over IPv4 and IPv6 carries bytes both ways and sees the other side close")
    void tcpBothWays(String host) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName(host));
                Channel channel = factory.open(address("tcp", host, server.getLocalPort()), SECONDS);
                Socket peer = server.accept()) {
            channel.write(new byte[] {1, 2, 3});
            assertThat(peer.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);

            peer.getOutputStream().write(new byte[] {4, 5});
            assertThat(readAll(channel, 2)).containsExactly((byte) 4, (byte) 5);

            peer.close();
            assertThatThrownBy(() -> channel.read(new byte[9], SECONDS)).isInstanceOf(EOFException.class);
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    @DisplayName("a silent peer is a timeout and leaves the channel open")
    void tcpTimeout() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Channel channel = factory.open(address("tcp", "127.0.0.1", server.getLocalPort()), SECONDS)) {
            assertThatThrownBy(() -> channel.read(new byte[9], SHORT)).isInstanceOf(SocketTimeoutException.class);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("D13: a closed port is refused with a sentence that names the address")
    void refused() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        assertThatThrownBy(() -> factory.open(address("tcp", "127.0.0.1", port), SECONDS))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("tcp://127.0.0.1:" + port);
    }

    @Test
    @DisplayName("closing from another thread ends a read that waits for minutes")
    void closeEndsWait() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Channel channel = factory.open(address("tcp", "127.0.0.1", server.getLocalPort()), SECONDS)) {
            CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(() -> {
                try {
                    channel.read(new byte[1], Duration.ofMinutes(5));
                    return null;
                } catch (IOException e) {
                    return e;
                }
            });
            channel.close();
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @DisplayName("R41: one array is one datagram, both ways, IPv4 and IPv6")
    void udpBothWays(String host) throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getByName(host));
                Channel channel = factory.open(address("udp", host, server.getLocalPort()), SECONDS)) {
            server.setSoTimeout(5_000);
            channel.write(new byte[] {7, 8, 9});
            DatagramPacket got = new DatagramPacket(new byte[100], 100);
            server.receive(got);
            assertThat(got.getLength()).isEqualTo(3);
            assertThat(channel.isDatagram()).isTrue();

            server.send(new DatagramPacket(new byte[] {1, 2}, 2, got.getSocketAddress()));
            assertThat(readAll(channel, 2)).containsExactly((byte) 1, (byte) 2);
            assertThatThrownBy(() -> channel.read(new byte[9], SHORT)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1", "tcp:127.0.0.1", "serial:/dev/ttyS0", "udp://[::1]:70000"})
    @DisplayName("an address without host and port is refused with what was expected")
    void badAddress(String text) {
        assertThatThrownBy(() -> factory.open(URI.create(text), SECONDS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected");
    }

    private static URI address(String scheme, String host, int port) {
        return URI.create(scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    private static List<Byte> readAll(Channel channel, int count) throws IOException {
        List<Byte> got = new ArrayList<>();
        byte[] buffer = new byte[100];
        while (got.size() < count) {
            int n = channel.read(buffer, SECONDS);
            for (int i = 0; i < n; i++) {
                got.add(buffer[i]);
            }
        }
        return got;
    }
}
