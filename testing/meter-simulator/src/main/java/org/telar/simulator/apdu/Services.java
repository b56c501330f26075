package org.telar.simulator.apdu;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.enums.ErrorCode;
import gurux.dlms.internal.GXCommon;
import org.telar.simulator.cosem.AccessException;
import org.telar.simulator.cosem.Axdr;
import org.telar.simulator.cosem.Catalogue;
import org.telar.simulator.cosem.Selection;
import org.telar.simulator.fleet.Meter;

/** GET, SET and ACTION on the objects of a meter, in the clear; ciphering is around it. */
final class Services {
    private static final int NORMAL = 1;
    private static final int NEXT = 2;
    private static final int WITH_LIST_GET = 3;
    private static final int WITH_LIST_SET = 4;
    private static final int SET_LIST_RESPONSE = 5;
    private static final int MAX_LIST = 128;

    private final Meter meter;
    private final int clientSap;
    private final Catalogue objects;
    private final BlockSender blocks;

    /** @param room largest response APDU in the clear, bytes */
    Services(Meter meter, int clientSap, int room) {
        this.meter = meter;
        this.clientSap = clientSap;
        this.objects = Catalogue.of(meter.spec().model());
        this.blocks = new BlockSender(room, meter.faults());
    }

    /** The response; empty if a fault cuts it off. */
    byte[] handle(byte[] request) {
        GXByteBuffer in = new GXByteBuffer(request);
        try {
            int tag = in.getUInt8();
            int type = in.getUInt8();
            int invoke = in.getUInt8();
            return switch (tag) {
                case Tag.GET_REQUEST -> get(type, invoke, in);
                case Tag.SET_REQUEST -> set(type, invoke, in);
                case Tag.ACTION_REQUEST -> action(type, invoke, in);
                default -> Exceptions.NOT_SUPPORTED;
            };
        } catch (RuntimeException e) {
            // Gurux's reader throws whatever comes to its mind on malformed data.
            return Exceptions.NOT_SUPPORTED;
        }
    }

    private byte[] get(int type, int invoke, GXByteBuffer in) {
        return switch (type) {
            case NORMAL -> getOne(invoke, in);
            case NEXT -> blocks.next(invoke, in.getUInt32());
            case WITH_LIST_GET -> getList(invoke, in);
            default -> Exceptions.NOT_SUPPORTED;
        };
    }

    private byte[] getOne(int invoke, GXByteBuffer in) {
        Target target = Target.readAttribute(in);
        try {
            return blocks.single(invoke, read(target));
        } catch (AccessException e) {
            return new byte[] {
                (byte) Tag.GET_RESPONSE,
                NORMAL,
                (byte) invoke,
                1,
                (byte) e.code().getValue()
            };
        }
    }

    private byte[] getList(int invoke, GXByteBuffer in) {
        List<Target> targets = targets(in);
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        Ber.length(list, targets.size());
        for (Target target : targets) {
            try {
                byte[] value = read(target);
                list.write(0);
                list.writeBytes(value);
            } catch (AccessException e) {
                list.write(1);
                list.write(e.code().getValue());
            }
        }
        return blocks.list(invoke, list.toByteArray());
    }

    private static List<Target> targets(GXByteBuffer in) {
        int count = GXCommon.getObjectCount(in);
        if (count < 0 || count > MAX_LIST) {
            throw new IllegalArgumentException("list of " + count);
        }
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            targets.add(Target.readAttribute(in));
        }
        return targets;
    }

    private byte[] read(Target target) throws AccessException {
        return objects.get(meter, clientSap, target.classId(), target.name(), target.index(), target.selection());
    }

    private byte[] set(int type, int invoke, GXByteBuffer in) {
        if (type == NORMAL) {
            int result = write(Target.readAttribute(in), Axdr.read(in));
            return new byte[] {(byte) Tag.SET_RESPONSE, NORMAL, (byte) invoke, (byte) result};
        }
        if (type != WITH_LIST_SET) {
            return Exceptions.NOT_SUPPORTED;
        }
        List<Target> targets = targets(in);
        int values = GXCommon.getObjectCount(in);
        if (values != targets.size()) {
            return Exceptions.NOT_SUPPORTED;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) Tag.SET_RESPONSE, SET_LIST_RESPONSE, (byte) invoke});
        Ber.length(out, values);
        for (Target target : targets) {
            out.write(write(target, Axdr.read(in)));
        }
        return out.toByteArray();
    }

    private int write(Target target, Object value) {
        try {
            objects.set(meter, clientSap, target.classId(), target.name(), target.index(), value);
            return ErrorCode.OK.getValue();
        } catch (AccessException e) {
            return e.code().getValue();
        }
    }

    private byte[] action(int type, int invoke, GXByteBuffer in) {
        if (type != NORMAL) {
            return Exceptions.NOT_SUPPORTED;
        }
        Target target = Target.readMethod(in);
        Object value = in.getUInt8() == 0 ? null : Axdr.read(in);
        int result = ErrorCode.OK.getValue();
        try {
            objects.invoke(meter, clientSap, target.classId(), target.name(), target.index(), value);
        } catch (AccessException e) {
            result = e.code().getValue();
        }
        return new byte[] {(byte) Tag.ACTION_RESPONSE, NORMAL, (byte) invoke, (byte) result, 0};
    }

    /** An attribute or method that a request names. */
    private record Target(int classId, byte[] name, int index, Selection selection) {
        static Target readAttribute(GXByteBuffer in) {
            Target target = readMethod(in);
            if (in.getUInt8() == 0) {
                return target;
            }
            int selector = in.getUInt8();
            return new Target(target.classId, target.name, target.index, new Selection(selector, Axdr.read(in)));
        }

        static Target readMethod(GXByteBuffer in) {
            int classId = in.getUInt16();
            byte[] name = new byte[6];
            in.get(name);
            return new Target(classId, name, in.getUInt8(), Selection.NONE);
        }
    }
}
