package org.telar.harness.faults;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One MQTT 5 control packet as it is on the wire (OASIS MQTT 5.0 §2.1).
 *
 * @param head first byte: type and flags
 * @param body everything after the remaining length
 */
record MqttFrame(int head, byte[] body) {
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;

    private static final int LARGEST = 16 << 20;
    private static final int MAXIMUM_PACKET_SIZE = 0x27;

    /** @return null at the end of the stream */
    static MqttFrame read(InputStream stream) throws IOException {
        int head = stream.read();
        if (head < 0) {
            return null;
        }
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int b = stream.read();
            if (b < 0 || shift > 21) {
                throw new EOFException("a packet without its length");
            }
            length |= (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                break;
            }
        }
        if (length > LARGEST) {
            throw new IOException("a packet of " + length + " bytes");
        }
        byte[] body = new byte[length];
        new DataInputStream(stream).readFully(body);
        return new MqttFrame(head, body);
    }

    void write(OutputStream stream) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(5 + body.length);
        b.put((byte) head);
        variable(b, body.length);
        b.put(body);
        stream.write(b.array(), 0, b.position());
        stream.flush();
    }

    private static void variable(ByteBuffer b, int value) {
        int rest = value;
        do {
            b.put((byte) (rest & 0x7F | (rest > 0x7F ? 0x80 : 0)));
            rest >>>= 7;
        } while (rest > 0);
    }

    int type() {
        return head >> 4 & 0x0F;
    }

    boolean isPublish() {
        return type() == PUBLISH;
    }

    /** PUBLISH of QoS 1. */
    boolean wantsAnswer() {
        return isPublish() && (head >> 1 & 3) == 1;
    }

    String topic() {
        return new String(body, 2, u16(0), StandardCharsets.UTF_8);
    }

    /** Of PUBLISH with QoS 1, and of PUBACK. */
    int packetId() {
        return u16(isPublish() ? 2 + u16(0) : 0);
    }

    MqttFrame withPacketId(int id) {
        byte[] copy = body.clone();
        int at = isPublish() ? 2 + u16(0) : 0;
        copy[at] = (byte) (id >> 8);
        copy[at + 1] = (byte) id;
        return new MqttFrame(head, copy);
    }

    /** Payload of a PUBLISH. */
    byte[] payload() {
        int at = 2 + u16(0) + ((head >> 1 & 3) == 0 ? 0 : 2);
        int properties = 0;
        for (int shift = 0; ; shift += 7) {
            int b = body[at++] & 0xFF;
            properties |= (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                break;
            }
        }
        return Arrays.copyOfRange(body, at + properties, body.length);
    }

    private int u16(int at) {
        return (body[at] & 0xFF) << 8 | body[at + 1] & 0xFF;
    }

    static MqttFrame puback(int id, int reason) {
        return new MqttFrame(PUBACK << 4, new byte[] {(byte) (id >> 8), (byte) id, (byte) reason, 0});
    }

    /** A PUBLISH of QoS 0. */
    static MqttFrame publish(String topic, byte[] payload) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        ByteBuffer b = ByteBuffer.allocate(3 + name.length + payload.length);
        b.putShort((short) name.length).put(name).put((byte) 0).put(payload);
        return new MqttFrame(PUBLISH << 4, b.array());
    }

    /** A CONNACK that refuses. */
    static MqttFrame refusal(int reason) {
        return new MqttFrame(CONNACK << 4, new byte[] {0, (byte) reason, 0});
    }

    /** A CONNACK that welcomes, and announces the largest packet that is taken. */
    static MqttFrame welcome(int maximumPacket) {
        ByteBuffer b = ByteBuffer.allocate(8);
        b.put((byte) 0)
                .put((byte) 0)
                .put((byte) 5)
                .put((byte) MAXIMUM_PACKET_SIZE)
                .putInt(maximumPacket);
        return new MqttFrame(CONNACK << 4, b.array());
    }
}
