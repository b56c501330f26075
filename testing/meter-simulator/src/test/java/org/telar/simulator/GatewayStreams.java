package org.telar.simulator;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Puts the gateway header into wrapper frames on their way out and takes it from those that come in. */
final class GatewayStreams {
    private static final int HEADER = 3 + 4;

    private final Socket socket;
    private final byte[] prefix;

    GatewayStreams(Socket socket, int address) {
        this.socket = socket;
        this.prefix = ByteBuffer.allocate(HEADER)
                .put((byte) 0xE6)
                .put((byte) 1)
                .put((byte) 4)
                .putInt(address)
                .array();
    }

    OutputStream out() throws IOException {
        OutputStream raw = socket.getOutputStream();
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new UnsupportedOperationException("whole frames only");
            }

            @Override
            public void write(byte[] frame) throws IOException {
                ByteBuffer out = ByteBuffer.allocate(frame.length + HEADER);
                out.put(frame, 0, 6).putShort((short) (frame.length - 8 + HEADER));
                out.put(prefix).put(frame, 8, frame.length - 8);
                raw.write(out.array());
            }
        };
    }

    InputStream in() throws IOException {
        DataInputStream raw = new DataInputStream(socket.getInputStream());
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException("whole frames only");
            }

            @Override
            public int read(byte[] bytes) throws IOException {
                byte[] header = new byte[6];
                raw.readFully(header);
                byte[] content = new byte[raw.readUnsignedShort()];
                raw.readFully(content);
                byte[] answer = prefix.clone();
                answer[0] = (byte) 0xE7;
                if (!Arrays.equals(answer, Arrays.copyOf(content, HEADER))) {
                    throw new IOException("no gateway header of this meter");
                }
                ByteBuffer frame = ByteBuffer.wrap(bytes);
                frame.put(header).putShort((short) (content.length - HEADER));
                frame.put(content, HEADER, content.length - HEADER);
                return frame.position();
            }
        };
    }
}
