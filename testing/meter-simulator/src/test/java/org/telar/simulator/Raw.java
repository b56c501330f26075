package org.telar.simulator;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;

import org.telar.simulator.fleet.MeterSpec;

/** A DLMS wrapper connection on which tests write APDUs by hand, for what Gurux's client cannot say. */
final class Raw implements AutoCloseable {
    /** Plain AARQ without authentication, conformance all but general protection, PDU as given. */
    private static final String AARQ_PUBLIC = "601DA109060760857405080101BE10040E01000000065F1F040000FFFF";

    private final Socket socket;
    private final DataInputStream in;
    private final int client;
    private final int meter;

    Raw(MeterSpec spec, int client) throws IOException {
        String[] where = spec.endpoint().substring("tcp://".length()).split(":");
        socket = new Socket(where[0], Integer.parseInt(where[1]));
        socket.setSoTimeout(3000);
        in = new DataInputStream(socket.getInputStream());
        this.client = client;
        this.meter = spec.wrapperId();
    }

    static String publicAarq(int pdu) {
        return AARQ_PUBLIC + String.format("%04X", pdu);
    }

    static String passwordAarq(byte[] password, int pdu) {
        String secret = HexFormat.of().withUpperCase().formatHex(password);
        String body = "A1090607608574050801018A0207808B0760857405080201AC"
                + String.format("%02X80%02X", password.length + 2, password.length)
                + secret
                + "BE10040E01000000065F1F040000FFFF"
                + String.format("%04X", pdu);
        return "60" + String.format("%02X", body.length() / 2) + body;
    }

    void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    void send(String apdu) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(apdu);
        ByteBuffer frame = ByteBuffer.allocate(8 + bytes.length);
        frame.putShort((short) 1).putShort((short) client).putShort((short) meter);
        frame.putShort((short) bytes.length).put(bytes);
        socket.getOutputStream().write(frame.array());
    }

    String receive() throws IOException {
        in.readFully(new byte[6]);
        byte[] apdu = new byte[in.readUnsignedShort()];
        in.readFully(apdu);
        return HexFormat.of().withUpperCase().formatHex(apdu);
    }

    String ask(String apdu) throws IOException {
        send(apdu);
        return receive();
    }

    /** A GET, its blocks put together; counts the round trips in {@link #trips}. */
    byte[] getInBlocks(String request) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        String answer = ask(request);
        trips = 1;
        while (true) {
            ByteBuffer block = ByteBuffer.wrap(HexFormat.of().parseHex(answer));
            longest = Math.max(longest, block.remaining());
            if (block.getShort() != (short) 0xC402) {
                throw new IOException("not a block: " + answer);
            }
            block.get();
            boolean last = block.get() != 0;
            int number = block.getInt();
            block.get();
            int length = block.get() & 0xFF;
            if (length == 0x81) {
                length = block.get() & 0xFF;
            } else if (length == 0x82) {
                length = block.getShort() & 0xFFFF;
            }
            byte[] part = new byte[length];
            block.get(part);
            all.writeBytes(part);
            if (last) {
                return all.toByteArray();
            }
            answer = ask("C002C1" + String.format("%08X", number));
            trips++;
        }
    }

    int trips;
    int longest;

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
