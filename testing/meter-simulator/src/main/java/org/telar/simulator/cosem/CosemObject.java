package org.telar.simulator.cosem;

import java.util.Map;
import java.util.TreeMap;

import org.telar.simulator.fleet.Meter;

/** One object of a model: its attributes and methods as functions of the meter. */
public final class CosemObject {
    /** Encodes an attribute. */
    @FunctionalInterface
    public interface Getter {
        void get(Meter meter, Selection selection, Axdr out) throws AccessException;
    }

    /** Writes an attribute or runs a method with a decoded value. */
    @FunctionalInterface
    public interface Setter {
        void set(Meter meter, Object value) throws AccessException;
    }

    private final int classId;
    private final int version;
    private final String obis;
    private final Map<Integer, Getter> getters = new TreeMap<>();
    private final Map<Integer, Setter> setters = new TreeMap<>();
    private final Map<Integer, Setter> methods = new TreeMap<>();

    CosemObject(int classId, int version, String obis) {
        this.classId = classId;
        this.version = version;
        this.obis = obis;
        get(1, (meter, selection, out) -> out.logicalName(obis));
    }

    CosemObject get(int attribute, Getter getter) {
        getters.put(attribute, getter);
        return this;
    }

    CosemObject set(int attribute, Setter setter) {
        setters.put(attribute, setter);
        return this;
    }

    CosemObject method(int index, Setter method) {
        methods.put(index, method);
        return this;
    }

    public int classId() {
        return classId;
    }

    int version() {
        return version;
    }

    public String obis() {
        return obis;
    }

    Map<Integer, Getter> getters() {
        return getters;
    }

    Map<Integer, Setter> setters() {
        return setters;
    }

    Map<Integer, Setter> methods() {
        return methods;
    }
}
