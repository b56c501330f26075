package org.telar.api.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bytes of a {@link Poll}, as the outbox keeps them and the contract carries them. Registers are laid out shape first:
 * sets that repeat the shape of the one before cost their values only. Stateless.
 */
public final class PollCodec {
    private static final int FIRST_VERSION = 1;
    private static final int MAX_BLOCKS = 4096;

    private PollCodec() {}

    public static byte[] encode(Poll poll) {
        ByteSink out = new ByteSink();
        out.put(FIRST_VERSION);
        out.text(poll.meter().number());
        out.signed(poll.readAt().getEpochSecond());
        out.text(poll.path());
        out.text(poll.activity().orElse(""));
        out.put(poll.clockOffset().isPresent() ? 1 : 0);
        poll.clockOffset().ifPresent(d -> out.signed(d.toMillis()));
        out.unsigned(poll.profiles().size());
        poll.profiles().forEach(b -> BlockCodec.write(b, out));
        out.unsigned(poll.registers().size());
        RegisterSet before = null;
        for (RegisterSet set : poll.registers()) {
            writeRegisters(set, before, out);
            before = set;
        }
        out.unsigned(poll.statusWords().size());
        for (StatusWord w : poll.statusWords()) {
            out.raw(w.object().bytes());
            out.unsigned(w.bits());
        }
        return out.toBytes();
    }

    /** @throws FormatException when the bytes are not one whole poll of a known version */
    public static Poll decode(byte[] bytes) throws FormatException {
        ByteSource in = new ByteSource(bytes);
        int version = in.take();
        if (version != FIRST_VERSION) {
            throw new FormatException("poll version 1 expected, got " + version);
        }
        try {
            Poll poll = read(in);
            if (in.remaining() > 0) {
                throw new FormatException(in.remaining() + " bytes after the poll");
            }
            return poll;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new FormatException(e.getMessage(), e);
        }
    }

    private static Poll read(ByteSource in) throws FormatException {
        MeterId meter = new MeterId(in.text(32, "meter number length"));
        Instant readAt = BlockCodec.instant(in.signed());
        String path = in.text(64, "path length");
        String activity = in.text(128, "activity length");
        Optional<Duration> offset = in.take() == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(in.signed()));
        int blocks = in.count(MAX_BLOCKS, "block count");
        List<ProfileBlock> profiles = new ArrayList<>();
        long cells = 0;
        for (int i = 0; i < blocks; i++) {
            ProfileBlock block = BlockCodec.read(in);
            profiles.add(block);
            cells += (long) block.slots() * Math.max(1, block.columns().size());
            if (cells > BlockCodec.MAX_CELLS) {
                throw new FormatException("poll of more than " + BlockCodec.MAX_CELLS + " values");
            }
        }
        int sets = in.count(MAX_BLOCKS, "register set count");
        List<RegisterSet> registers = new ArrayList<>();
        RegisterSet before = null;
        for (int i = 0; i < sets; i++) {
            before = readRegisters(in, before);
            registers.add(before);
        }
        int words = in.count(MAX_BLOCKS, "status word count");
        List<StatusWord> statusWords = new ArrayList<>();
        for (int i = 0; i < words; i++) {
            statusWords.add(new StatusWord(Obis.of(in.raw(6)), in.unsigned()));
        }
        Optional<String> ordered = activity.isEmpty() ? Optional.empty() : Optional.of(activity);
        return new Poll(meter, readAt, path, ordered, offset, profiles, registers, statusWords);
    }

    private static void writeRegisters(RegisterSet set, RegisterSet before, ByteSink out) {
        boolean same = before != null && sameShape(set, before);
        out.put(same ? 1 : 0);
        if (!same) {
            out.put(set.kind().code());
            out.raw(set.source().bytes());
            out.unsigned(set.values().size());
            for (RegisterValue v : set.values()) {
                out.raw(v.register().bytes());
                out.put(v.unit().scaler());
                out.put(v.unit().code());
                out.put(v.occurredAt().isPresent() ? 1 : 0);
            }
        }
        out.signed(set.stamp().getEpochSecond() - (same ? before.stamp().getEpochSecond() : 0));
        out.unsigned(set.status());
        for (int i = 0; i < set.values().size(); i++) {
            RegisterValue v = set.values().get(i);
            out.signed(v.value() - (same ? before.values().get(i).value() : 0));
            v.occurredAt().ifPresent(at -> out.signed(set.stamp().getEpochSecond() - at.getEpochSecond()));
        }
    }

    private static boolean sameShape(RegisterSet a, RegisterSet b) {
        if (a.kind() != b.kind()
                || !a.source().equals(b.source())
                || a.values().size() != b.values().size()) {
            return false;
        }
        for (int i = 0; i < a.values().size(); i++) {
            RegisterValue x = a.values().get(i);
            RegisterValue y = b.values().get(i);
            if (!x.register().equals(y.register())
                    || !x.unit().equals(y.unit())
                    || x.occurredAt().isPresent() != y.occurredAt().isPresent()) {
                return false;
            }
        }
        return true;
    }

    private static RegisterSet readRegisters(ByteSource in, RegisterSet before) throws FormatException {
        boolean same = in.take() == 1;
        if (same && before == null) {
            throw new FormatException("first register set has no shape");
        }
        RegisterKind kind = same ? before.kind() : RegisterKind.of(in.take());
        Obis source = same ? before.source() : Obis.of(in.raw(6));
        int n = same ? before.values().size() : in.count(RegisterSet.MAX_VALUES, "register count");
        Obis[] register = new Obis[n];
        Unit[] unit = new Unit[n];
        boolean[] demand = new boolean[n];
        for (int i = 0; i < n; i++) {
            RegisterValue shape = same ? before.values().get(i) : null;
            register[i] = same ? shape.register() : Obis.of(in.raw(6));
            unit[i] = same ? shape.unit() : new Unit((byte) in.take(), in.take());
            demand[i] = same ? shape.occurredAt().isPresent() : in.take() == 1;
        }
        Instant stamp = BlockCodec.instant(
                Math.addExact(in.signed(), same ? before.stamp().getEpochSecond() : 0));
        int status = in.count(Integer.MAX_VALUE, "status");
        List<RegisterValue> values = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            long value = in.signed() + (same ? before.values().get(i).value() : 0);
            Optional<Instant> at = demand[i]
                    ? Optional.of(BlockCodec.instant(Math.subtractExact(stamp.getEpochSecond(), in.signed())))
                    : Optional.empty();
            values.add(new RegisterValue(register[i], unit[i], value, at));
        }
        return new RegisterSet(kind, source, stamp, status, values);
    }
}
