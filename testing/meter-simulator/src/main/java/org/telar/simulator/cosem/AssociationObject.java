package org.telar.simulator.cosem;

import java.util.Collection;

import org.telar.simulator.fleet.MeterModel;

/** The current association, class 15: object list and the context that was agreed (IEC 62056-6-2). */
final class AssociationObject {
    private static final int CLASS = 15;
    private static final int METHODS = 4;
    private static final int READ = 1;
    private static final int READ_WRITE = 3;

    private AssociationObject() {}

    static CosemObject of(MeterModel model, Collection<CosemObject> objects) {
        int mechanism = model.auth().ordinal() == 2 ? 5 : model.auth().ordinal();
        int context = model.auth() == MeterModel.Auth.HLS5 ? 3 : 1;
        return new CosemObject(CLASS, 1, MeterObjects.ASSOCIATION)
                .get(2, (meter, selection, out) -> list(objects, out))
                .get(3, (meter, selection, out) -> out.structure(2)
                        .int8(meter.spec().clientSap())
                        .uint16(1))
                .get(4, (meter, selection, out) -> name(out, 1, context))
                .get(5, (meter, selection, out) -> context(out))
                .get(6, (meter, selection, out) -> name(out, 2, mechanism))
                .get(8, (meter, selection, out) -> out.enumeration(2));
    }

    private static void list(Collection<CosemObject> objects, Axdr out) {
        out.array(objects.size());
        for (CosemObject object : objects) {
            out.structure(4).uint16(object.classId()).uint8(object.version()).logicalName(object.obis());
            out.structure(2).array(object.getters().size());
            for (int attribute : object.getters().keySet()) {
                out.structure(3).int8(attribute);
                out.enumeration(object.setters().containsKey(attribute) ? READ_WRITE : READ);
                out.nothing();
            }
            int methods = object.classId() == CLASS ? METHODS : object.methods().size();
            out.array(methods);
            int next = 1;
            for (int i = 0; i < methods; i++) {
                int index = object.classId() == CLASS
                        ? next++
                        : (int) object.methods().keySet().toArray()[i];
                out.structure(2).int8(index).enumeration(1);
            }
        }
    }

    private static void name(Axdr out, int kind, int value) {
        // 2.16.756.5.8.kind.value, as a structure of its arcs.
        out.structure(7)
                .uint8(2)
                .uint8(16)
                .uint16(756)
                .uint8(5)
                .uint8(8)
                .uint8(kind)
                .uint8(value);
    }

    private static void context(Axdr out) {
        byte[] conformance = {4, 24, 0x00, 0x1A, 0x1D};
        out.structure(6)
                .raw(conformance)
                .uint16(0xFFFF)
                .uint16(0xFFFF)
                .uint8(6)
                .int8(0)
                .octets(new byte[0]);
    }
}
