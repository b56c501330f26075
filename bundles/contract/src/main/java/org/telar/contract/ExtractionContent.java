package org.telar.contract;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * What a local extraction holds inside its signature (R46, D23): a header, then polls in the form of an upload, deflated
 * as one stream and closed by their number. Big-endian; see docs/message-contract.md. Reading and writing are
 * sequential, one poll in memory at a time. Not thread-safe.
 */
public final class ExtractionContent {
    private static final int MAGIC = 0x544C5258;
    private static final int VERSION = 1;
    private static final int MAX_TEXT = 256;
    private static final int END = 0;

    private ExtractionContent() {}

    /**
     * @param gateway that held the readings; the signer's name
     * @param from start of the range, whole seconds
     * @param to its end
     * @param created when the file was made, by the gateway's clock; counts as the time of reading (D21)
     */
    public record Header(String gateway, Instant from, Instant to, Instant created) {}

    /** Writes; {@link #close} writes the end, without which a reader finds it truncated. */
    public static final class Writer implements AutoCloseable {
        private final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        private final DataOutputStream out;
        private int polls;

        public Writer(OutputStream to, Header header) throws IOException {
            DataOutputStream head = new DataOutputStream(to);
            head.writeInt(MAGIC);
            head.writeByte(VERSION);
            head.writeUTF(header.gateway());
            head.writeLong(header.from().getEpochSecond());
            head.writeLong(header.to().getEpochSecond());
            head.writeLong(header.created().getEpochSecond());
            head.flush();
            out = new DataOutputStream(new DeflaterOutputStream(to, deflater, 8192));
        }

        /** @param poll in the form of {@link org.telar.api.model.PollCodec} */
        public void add(byte[] poll) throws IOException {
            out.writeInt(poll.length);
            out.write(poll);
            polls++;
        }

        public int polls() {
            return polls;
        }

        @Override
        public void close() throws IOException {
            try {
                out.writeInt(END);
                out.writeInt(polls);
                out.close();
            } finally {
                deflater.end();
            }
        }
    }

    /** Reads, believing nothing. */
    public static final class Reader implements AutoCloseable {
        private final Inflater inflater = new Inflater(true);
        private final DataInputStream in;
        private final Header header;
        private int polls;

        /** @throws ContractException when it is not one of ours */
        public Reader(InputStream from) throws IOException, ContractException {
            DataInputStream head = new DataInputStream(from);
            try {
                if (head.readInt() != MAGIC) {
                    throw new ContractException("not a local extraction");
                }
                int version = head.readUnsignedByte();
                if (version != VERSION) {
                    throw new ContractException("version " + VERSION + " expected, got " + version);
                }
                String gateway = head.readUTF();
                if (gateway.isEmpty() || gateway.length() > MAX_TEXT) {
                    throw new ContractException("it names no gateway");
                }
                header = new Header(
                        gateway,
                        Instant.ofEpochSecond(head.readLong()),
                        Instant.ofEpochSecond(head.readLong()),
                        Instant.ofEpochSecond(head.readLong()));
            } catch (EOFException | java.time.DateTimeException e) {
                throw new ContractException("truncated in its header", e);
            }
            in = new DataInputStream(new InflaterInputStream(from, inflater, 8192));
        }

        public Header header() {
            return header;
        }

        /** The next poll; empty after the last. */
        public Optional<byte[]> next() throws IOException, ContractException {
            try {
                int length = in.readInt();
                if (length == END) {
                    int told = in.readInt();
                    if (told != polls) {
                        throw new ContractException("it tells of " + told + " polls and holds " + polls);
                    }
                    return Optional.empty();
                }
                if (length < 0 || length > Contract.MAX_BODY) {
                    throw new ContractException("a poll of " + length + " bytes");
                }
                polls++;
                return Optional.of(exactly(length));
            } catch (EOFException e) {
                throw new ContractException("truncated after " + polls + " polls", e);
            } catch (java.util.zip.ZipException e) {
                throw new ContractException("damaged after " + polls + " polls", e);
            }
        }

        /** Grows with what is there, not with what is told. */
        private byte[] exactly(int length) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.min(length, 8192));
            byte[] buffer = new byte[8192];
            for (int left = length; left > 0; ) {
                int n = in.read(buffer, 0, Math.min(left, buffer.length));
                if (n < 0) {
                    throw new EOFException();
                }
                bytes.write(buffer, 0, n);
                left -= n;
            }
            return bytes.toByteArray();
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
