package org.telar.simulator.cosem;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import gurux.dlms.enums.ErrorCode;
import gurux.dlms.internal.GXCommon;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

/** The objects of one model, found by class and logical name; also what the public client may see. Immutable. */
public final class Catalogue {
    /** Client address of the public client. */
    public static final int PUBLIC_CLIENT = 16;

    private record Key(int classId, String obis) {}

    private static final Map<MeterModel, Catalogue> BY_MODEL = new EnumMap<>(MeterModel.class);
    private static final Set<String> PUBLIC =
            Set.of(MeterObjects.LOGICAL_DEVICE_NAME, MeterObjects.INVOCATION_COUNTER, MeterObjects.ASSOCIATION);

    static {
        for (MeterModel model : MeterModel.values()) {
            BY_MODEL.put(model, new Catalogue(model));
        }
    }

    private final Map<Key, CosemObject> objects = new LinkedHashMap<>();

    private Catalogue(MeterModel model) {
        for (CosemObject object : MeterObjects.of(model)) {
            add(object);
        }
        add(AssociationObject.of(model, Collections.unmodifiableCollection(objects.values())));
    }

    private void add(CosemObject object) {
        objects.put(new Key(object.classId(), object.obis()), object);
    }

    /** The catalogue of a model. */
    public static Catalogue of(MeterModel model) {
        return BY_MODEL.get(model);
    }

    Collection<CosemObject> objects() {
        return objects.values();
    }

    /** Encodes an attribute as this client sees it. */
    public byte[] get(Meter meter, int clientSap, int classId, byte[] name, int attribute, Selection selection)
            throws AccessException {
        CosemObject object = find(clientSap, classId, name);
        CosemObject.Getter getter = object.getters().get(attribute);
        if (getter == null) {
            throw new AccessException(ErrorCode.READ_WRITE_DENIED);
        }
        if (selection.selector() != 0 && (classId != ProfileObject.CLASS || attribute != 2)) {
            throw new AccessException(ErrorCode.ACCESS_VIOLATED);
        }
        Axdr out = new Axdr();
        getter.get(meter, selection, out);
        boolean profile = classId == ProfileObject.CLASS && attribute == 2;
        return profile ? meter.faults().profile(object.obis(), out.bytes()) : out.bytes();
    }

    /** Writes an attribute. */
    public void set(Meter meter, int clientSap, int classId, byte[] name, int attribute, Object value)
            throws AccessException {
        run(find(clientSap, classId, name).setters().get(attribute), clientSap, meter, value);
    }

    /** Runs a method. */
    public void invoke(Meter meter, int clientSap, int classId, byte[] name, int method, Object value)
            throws AccessException {
        run(find(clientSap, classId, name).methods().get(method), clientSap, meter, value);
    }

    private static void run(CosemObject.Setter setter, int clientSap, Meter meter, Object value)
            throws AccessException {
        if (setter == null || clientSap == PUBLIC_CLIENT) {
            throw new AccessException(ErrorCode.READ_WRITE_DENIED);
        }
        try {
            setter.set(meter, value);
        } catch (ClassCastException | IllegalArgumentException e) {
            throw new AccessException(ErrorCode.UNMATCHED_TYPE);
        }
    }

    private CosemObject find(int clientSap, int classId, byte[] name) throws AccessException {
        String obis = GXCommon.toLogicalName(name);
        CosemObject object = objects.get(new Key(classId, obis));
        if (object == null || clientSap == PUBLIC_CLIENT && !PUBLIC.contains(obis)) {
            throw new AccessException(ErrorCode.UNDEFINED_OBJECT);
        }
        return object;
    }
}
