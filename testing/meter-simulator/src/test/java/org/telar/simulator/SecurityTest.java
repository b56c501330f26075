package org.telar.simulator;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

import gurux.dlms.GXDLMSException;
import gurux.dlms.GXReplyData;
import gurux.dlms.objects.GXDLMSClock;
import gurux.dlms.objects.GXDLMSData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.simulator.fleet.Credentials;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.fleet.MeterModel.Auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Who may read what: levels, keys, counters, refusals (D8). */
class SecurityTest {
    private static final int PUBLIC = 16;

    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Sims.start(data, 20, Map.of(Medium.WRAPPER, 80, Medium.HDLC_TCP, 20), 1024, Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    private static Meter meter(MeterModel model) {
        return Sims.meter(simulator, Medium.WRAPPER, model);
    }

    /** D8: the public client resynchronises a lost counter, and sees little else. */
    @Test
    @DisplayName("D8: the public client reads the invocation counter and the name, but no clock")
    void publicClient() throws Exception {
        Meter meter = meter(MeterModel.A);
        meter.acceptCounter(1, 4711);
        try (GuruxClient client = GuruxClient.open(
                        meter.spec(), PUBLIC, Auth.NONE, meter.spec().credentials())
                .associate()) {
            GXReplyData counter = client.exchange(client.dlms.read(new GXDLMSData("0.0.43.1.0.255"), 2));
            assertThat(((Number) counter.getValue()).longValue()).isEqualTo(4711);
            GXReplyData name = client.exchange(client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2));
            assertThat((byte[]) name.getValue())
                    .isEqualTo(meter.spec().identity().getBytes());
            assertThatThrownBy(() -> client.exchange(client.dlms.read(new GXDLMSClock("0.0.1.0.0.255"), 2)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("error 4");
        }
    }

    /** D8: a counter that is not higher than the last one is dropped without a word, in AARQ and in requests. */
    @Test
    @DisplayName("D8: a stale invocation counter meets silence; a higher one is answered again")
    void staleCounter() throws Exception {
        Meter meter = meter(MeterModel.C);
        meter.acceptCounter(1, 5000);
        try (GuruxClient client = GuruxClient.open(meter.spec())) {
            client.timeoutMillis = 300;
            client.dlms.getCiphering().setInvocationCounter(5000);
            assertThatThrownBy(client::associate).isInstanceOf(GuruxClient.Silence.class);
            client.dlms.getCiphering().setInvocationCounter(5001);
            client.timeoutMillis = 5000;
            client.associate();
            assertThat(meter.acceptedCounter(1)).isGreaterThan(5001);
            client.timeoutMillis = 300;
            client.dlms.getCiphering().setInvocationCounter(5001);
            assertThatThrownBy(() -> client.exchange(client.dlms.read(new GXDLMSClock("0.0.1.0.0.255"), 2)))
                    .isInstanceOf(GuruxClient.Silence.class);
        }
    }

    /** D8: a frame with the wrong key is refused and must not move the counter, or anyone could lock a client out. */
    @Test
    @DisplayName("D8: a wrong key is refused with authentication-failure and leaves the counter alone")
    void wrongKey() throws Exception {
        Meter meter = meter(MeterModel.A);
        Credentials right = meter.spec().credentials();
        Credentials wrong = new Credentials(right.password(), right.systemTitle(), new byte[16], right.gak());
        long before = meter.acceptedCounter(1);
        try (GuruxClient client = GuruxClient.open(meter.spec(), 1, Auth.HLS5, wrong)) {
            assertThatThrownBy(client::associate)
                    .isInstanceOf(GXDLMSException.class)
                    .hasMessageContaining("rejected");
        }
        assertThat(meter.acceptedCounter(1)).isEqualTo(before);
    }

    @Test
    @DisplayName("a wrong password is refused with authentication-failure, a right one accepted")
    void wrongPassword() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = new Raw(meter.spec(), 2)) {
            assertThat(raw.ask(Raw.passwordAarq("00000000".getBytes(), 1024)))
                    .as("rejected-permanent, authentication-failure")
                    .contains("A203020101")
                    .contains("A305A10302010D");
            assertThat(raw.ask("C001C1000100002A0000FF0200")).isEqualTo("D80101");
            assertThat(raw.ask(Raw.passwordAarq(meter.spec().credentials().password(), 1024)))
                    .contains("A203020100");
            assertThat(raw.ask("C001C1000100002A0000FF0200")).startsWith("C401C100090B");
        }
    }

    @Test
    @DisplayName("an HLS5 meter refuses plain associations, plain requests and unknown clients")
    void noWayAround() throws Exception {
        Meter meter = meter(MeterModel.A);
        try (Raw raw = new Raw(meter.spec(), 1)) {
            assertThat(raw.ask(Raw.publicAarq(1024))).contains("A203020101");
            assertThat(raw.ask("C001C1000100002A0000FF0200")).isEqualTo("D80101");
        }
        try (Raw raw = new Raw(meter.spec(), 33)) {
            assertThat(raw.ask(Raw.publicAarq(1024))).contains("A203020101");
        }
    }

    /** Byte for byte: release is answered with the five bytes of the standard, which Gurux's server gets wrong. */
    @Test
    @DisplayName("release, wrong block number and unknown services get the answers of the standard")
    void byTheBook() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = new Raw(meter.spec(), 2)) {
            raw.ask(Raw.passwordAarq(meter.spec().credentials().password(), 128));
            String first = raw.ask("C001C100070100630200FF0200");
            assertThat(first).startsWith("C402C10000000001");
            assertThat(raw.ask("C002C100000001")).startsWith("C402C10000000002");
            assertThat(raw.ask("C002C100000001")).as("the same block again").startsWith("C402C10000000002");
            assertThat(raw.ask("C002C100000009"))
                    .as("data-block-number-invalid")
                    .isEqualTo("C402C101000000090113");
            assertThat(raw.ask("C101C1000100002A0000FF02000900"))
                    .as("SET of a read-only attribute")
                    .isEqualTo("C501C103");
            assertThat(raw.ask("C104C10200010000616200FF0200000100002A0000FF0200020600000007090141"))
                    .as("SET with list: one written, one denied")
                    .isEqualTo("C505C1020003");
            assertThat(raw.ask("C001C10001000061" + "6200FF0200")).isEqualTo("C401C1000600000007");
            assertThat(raw.ask("DD00")).isEqualTo("D80202");
            assertThat(raw.ask("6200")).isEqualTo("6303800100");
        }
    }

    @Test
    @DisplayName("garbage on the wrapper port closes that connection, and only that one")
    void garbage() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw other = new Raw(meter.spec(), 2);
                GuruxClient raw = GuruxClient.open(meter.spec())) {
            assertThat(raw.raw("GET / HTTP/1.1\r\n".getBytes())).isEmpty();
            assertThat(other.ask(Raw.passwordAarq(meter.spec().credentials().password(), 128)))
                    .contains("A203020100");
            other.send("C003C1FF");
            assertThat(other.receive()).isEqualTo("D80202");
        }
    }

    @Test
    @DisplayName("D1: nobody answers at a wrapper address without a meter")
    void nobodyThere() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = new Raw(
                new org.telar.simulator.fleet.MeterSpec(
                        1,
                        meter.spec().model(),
                        Medium.WRAPPER,
                        meter.spec().endpoint(),
                        9,
                        0,
                        0,
                        meter.spec().credentials()),
                2)) {
            raw.timeout(300);
            assertThatThrownBy(() -> raw.ask(Raw.publicAarq(1024)))
                    .isInstanceOfAny(SocketTimeoutException.class, EOFException.class);
        }
    }
}
