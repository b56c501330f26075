package org.telar.simulator.apdu;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Faults;

/**
 * Sends GET responses, in blocks where they do not fit (IEC 62056-5-3 §6.9). A response is encoded once and cut when the
 * client asks; a client that lost a block may ask for it again.
 */
final class BlockSender {
    private static final int NORMAL = 1;
    private static final int WITH_BLOCK = 2;
    private static final int WITH_LIST = 3;
    private static final int HEADER = 3;
    /** Header, last-block, number, choice, length. */
    private static final int BLOCK_HEADER = 3 + 1 + 4 + 1 + 3;

    private static final byte BLOCK_NUMBER_INVALID = 19;
    private static final byte NO_LONG_GET = 16;

    private static final byte[] SILENCE = {};

    private final int agreed;
    private final Faults faults;
    private int room;
    private byte[] pending = {};
    private long number;

    /**
     * For one association.
     *
     * @param room largest response APDU in the clear, bytes
     * @param faults of the meter: blocks can be cut off, endless, misnumbered or too large (F26)
     */
    BlockSender(int room, Faults faults) {
        this.agreed = Math.max(room, BLOCK_HEADER + 1);
        this.room = agreed;
        this.faults = faults;
    }

    private void measure() {
        room = faults.strikes(FaultKind.OVERSIZE)
                .map(fault -> Math.max(agreed, (int) fault.value()))
                .orElse(agreed);
    }

    /** The response to a GET of one attribute. */
    byte[] single(int invoke, byte[] value) {
        measure();
        return value.length + HEADER + 1 <= room ? plain(NORMAL, invoke, value) : start(invoke, value);
    }

    /** The response to a GET with list; {@code results} begins with their count. */
    byte[] list(int invoke, byte[] results) {
        measure();
        return results.length + HEADER <= room ? plain(WITH_LIST, invoke, results) : start(invoke, results);
    }

    private byte[] plain(int type, int invoke, byte[] content) {
        pending = new byte[0];
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + HEADER + 1);
        out.writeBytes(new byte[] {(byte) Tag.GET_RESPONSE, (byte) type, (byte) invoke});
        if (type == NORMAL) {
            out.write(0);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private byte[] start(int invoke, byte[] content) {
        pending = content;
        number = 1;
        return block(invoke);
    }

    /** The block after the one that the client acknowledges, or that one again if its successor was not the last sent. */
    byte[] next(int invoke, long acknowledged) {
        if (pending.length == 0) {
            return failed(invoke, acknowledged, NO_LONG_GET);
        }
        if (acknowledged == number && !last()) {
            number++;
            return block(invoke);
        }
        if (acknowledged == number - 1 && acknowledged > 0) {
            return block(invoke);
        }
        pending = new byte[0];
        return failed(invoke, acknowledged, BLOCK_NUMBER_INVALID);
    }

    private boolean last() {
        return !faults.pending(FaultKind.ENDLESS_BLOCKS) && number * size() >= pending.length;
    }

    private int size() {
        return room - BLOCK_HEADER;
    }

    private byte[] block(int invoke) {
        if (cut()) {
            return SILENCE;
        }
        long blocks = (pending.length + size() - 1L) / size();
        // Endless transfers start again; others never get beyond their last block.
        int from = (int) ((number - 1) % blocks) * size();
        byte[] part = Arrays.copyOfRange(pending, from, Math.min(from + size(), pending.length));
        boolean last = last() && faults.strikes(FaultKind.ENDLESS_BLOCKS).isEmpty();
        long shown = faults.strikes(FaultKind.BLOCK_NUMBER).isPresent() ? number + 1 : number;
        ByteArrayOutputStream out = head(invoke, last, shown);
        out.write(0);
        Ber.length(out, part.length);
        out.writeBytes(part);
        return out.toByteArray();
    }

    private boolean cut() {
        boolean due = faults.find(FaultKind.BLOCK_CUT)
                .filter(fault -> number >= fault.value())
                .isPresent();
        return due && faults.strikes(FaultKind.BLOCK_CUT).isPresent();
    }

    private static byte[] failed(int invoke, long number, byte reason) {
        ByteArrayOutputStream out = head(invoke, true, number);
        out.write(1);
        out.write(reason);
        return out.toByteArray();
    }

    private static ByteArrayOutputStream head(int invoke, boolean last, long number) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {
            (byte) Tag.GET_RESPONSE,
            WITH_BLOCK,
            (byte) invoke,
            (byte) (last ? 1 : 0),
            (byte) (number >> 24),
            (byte) (number >> 16),
            (byte) (number >> 8),
            (byte) number
        });
        return out;
    }
}
