package org.telar.simulator;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.GXDLMSGateway;
import gurux.dlms.GXReplyData;
import gurux.dlms.enums.Authentication;
import gurux.dlms.enums.InterfaceType;
import gurux.dlms.enums.RequestTypes;
import gurux.dlms.enums.Security;
import gurux.dlms.secure.GXDLMSSecureClient;
import org.telar.simulator.fleet.Credentials;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.MeterModel.Auth;
import org.telar.simulator.fleet.MeterSpec;

/** Gurux's own client over a socket or a pseudo terminal: the independent peer of these tests. */
final class GuruxClient implements Closeable {
    /** More than one client ever asks for; a clock instead would fall behind a client that asks often. */
    private static final int COUNTERS_A_CLIENT = 100_000;

    private static final AtomicLong NEXT_COUNTER = new AtomicLong(System.nanoTime() / 1_000_000 & 0x3FFF_FFFF);

    static final byte[] SYSTEM_TITLE = {'T', 'E', 'S', 0, 0, 0, 0, 7};
    private static final int TIMEOUT_MILLIS = 5000;

    /** The meter did not answer in time. */
    static final class Silence extends IOException {
        private static final long serialVersionUID = 1L;
    }

    final GXDLMSSecureClient dlms;
    int timeoutMillis = TIMEOUT_MILLIS;
    private final Closeable port;
    private final InputStream in;
    private final OutputStream out;

    private GuruxClient(GXDLMSSecureClient dlms, Closeable port, InputStream in, OutputStream out) {
        this.dlms = dlms;
        this.port = port;
        this.in = in;
        this.out = out;
    }

    /** Opens the meter's medium for its management client; not associated yet. */
    static GuruxClient open(MeterSpec spec) throws IOException {
        return open(spec, spec.clientSap(), spec.model().auth(), spec.credentials());
    }

    static GuruxClient open(MeterSpec spec, int sap, Auth auth, Credentials keys) throws IOException {
        boolean wrapper = spec.medium() != Medium.HDLC_TCP && spec.medium() != Medium.PTY;
        int address = wrapper
                ? spec.medium() == Medium.GATEWAY ? 1 : spec.wrapperId()
                : GXDLMSSecureClient.getServerAddress(MeterSpec.HDLC_LOGICAL, spec.hdlcPhysical());
        Authentication authentication =
                switch (auth) {
                    case NONE -> Authentication.NONE;
                    case LLS -> Authentication.LOW;
                    case HLS5 -> Authentication.HIGH_GMAC;
                };
        GXDLMSSecureClient dlms = new GXDLMSSecureClient(
                true, sap, address, authentication, null, wrapper ? InterfaceType.WRAPPER : InterfaceType.HDLC);
        if (auth == Auth.LLS) {
            dlms.setPassword(keys.password());
        }
        if (auth == Auth.HLS5) {
            dlms.getCiphering().setSecurity(Security.AUTHENTICATION_ENCRYPTION);
            dlms.getCiphering().setSystemTitle(SYSTEM_TITLE);
            dlms.getCiphering().setBlockCipherKey(keys.gek());
            dlms.getCiphering().setAuthenticationKey(keys.gak());
            dlms.getCiphering().setInvocationCounter(NEXT_COUNTER.getAndAdd(COUNTERS_A_CLIENT));
        }
        if (spec.medium() == Medium.GATEWAY && auth == Auth.HLS5) {
            // Gurux 4.0.47 ciphers the gateway header with the request: put it in front ourselves.
            String[] where = spec.endpoint().substring("tcp://".length()).split(":");
            Socket socket = new Socket(where[0], Integer.parseInt(where[1]));
            GatewayStreams streams = new GatewayStreams(socket, spec.wrapperId());
            return new GuruxClient(dlms, socket, streams.in(), streams.out());
        }
        if (spec.medium() == Medium.GATEWAY) {
            GXDLMSGateway gateway = new GXDLMSGateway();
            gateway.setNetworkId((short) 1);
            gateway.setPhysicalDeviceAddress(
                    ByteBuffer.allocate(4).putInt(spec.wrapperId()).array());
            dlms.setGateway(gateway);
        }
        if (spec.medium() == Medium.UDP) {
            URI where = URI.create(spec.endpoint());
            Datagrams datagrams = new Datagrams(where.getHost().replaceAll("[\\[\\]]", ""), where.getPort());
            return new GuruxClient(dlms, datagrams, datagrams, datagrams.out());
        }
        if (spec.medium() == Medium.PTY) {
            String path = spec.endpoint().substring("serial:".length());
            FileInputStream in = new FileInputStream(path);
            return new GuruxClient(dlms, in, in, new FileOutputStream(path));
        }
        String[] where = spec.endpoint().substring("tcp://".length()).split(":");
        Socket socket = new Socket(where[0], Integer.parseInt(where[1]));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new GuruxClient(dlms, socket, socket.getInputStream(), socket.getOutputStream());
    }

    /** SNRM on HDLC, AARQ, and the two passes of HLS. */
    GuruxClient associate() throws Exception {
        byte[] snrm = dlms.snrmRequest();
        if (snrm.length != 0) {
            dlms.parseUAResponse(exchange(snrm).getData());
        }
        GXReplyData reply = exchange(dlms.aarqRequest());
        dlms.parseAareResponse(reply.getData());
        if (dlms.getIsAuthenticationRequired()) {
            reply = exchange(dlms.getApplicationAssociationRequest());
            dlms.parseApplicationAssociationResponse(reply.getData());
        }
        return this;
    }

    /** Sends all frames of a request and gives the answer of the last; asks for more blocks and segments itself. */
    GXReplyData exchange(byte[][] frames) throws Exception {
        GXReplyData reply = new GXReplyData();
        for (byte[] frame : frames) {
            reply.clear();
            one(frame, reply);
            more(reply);
        }
        return reply;
    }

    GXReplyData exchange(byte[] frame) throws Exception {
        GXReplyData reply = new GXReplyData();
        one(frame, reply);
        return more(reply);
    }

    private GXReplyData more(GXReplyData reply) throws Exception {
        while (!reply.getMoreData().equals(java.util.EnumSet.noneOf(RequestTypes.class))) {
            one(dlms.receiverReady(reply.getMoreData()), reply);
        }
        if (reply.getError() != 0) {
            throw new IOException("error " + reply.getError());
        }
        return reply;
    }

    private void one(byte[] frame, GXReplyData reply) throws Exception {
        out.write(frame);
        out.flush();
        GXByteBuffer received = new GXByteBuffer();
        byte[] bytes = new byte[8192];
        while (true) {
            int count = read(bytes);
            if (count < 0) {
                throw new IOException("closed");
            }
            received.set(bytes, 0, count);
            if (dlms.getData(received, reply, null)) {
                return;
            }
        }
    }

    private int read(byte[] bytes) throws Exception {
        if (port instanceof Socket || port instanceof Datagrams) {
            if (port instanceof Socket socket) {
                socket.setSoTimeout(timeoutMillis);
            } else {
                ((Datagrams) port).timeout(timeoutMillis);
            }
            try {
                return in.read(bytes);
            } catch (SocketTimeoutException e) {
                throw new Silence();
            }
        }
        // A blocked read of a terminal cannot be given up: look first.
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        while (in.available() == 0) {
            if (System.nanoTime() > deadline) {
                throw new Silence();
            }
            LockSupport.parkNanos(500_000);
        }
        return in.read(bytes);
    }

    /** Sends raw bytes and reads what comes back within the timeout, for requests that Gurux's client cannot make. */
    byte[] raw(byte[] bytes) throws Exception {
        out.write(bytes);
        out.flush();
        byte[] answer = new byte[8192];
        int count = read(answer);
        return java.util.Arrays.copyOf(answer, Math.max(count, 0));
    }

    @Override
    public void close() throws IOException {
        out.close();
        port.close();
    }
}
