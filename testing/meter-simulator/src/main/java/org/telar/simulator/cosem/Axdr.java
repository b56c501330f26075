package org.telar.simulator.cosem;

import java.nio.charset.StandardCharsets;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.enums.DataType;
import gurux.dlms.internal.GXCommon;
import gurux.dlms.internal.GXDataInfo;

/**
 * Writes and reads A-XDR data with Gurux's encoder. Gurux grows its buffer by ten bytes at a time; this class makes room
 * in larger steps first, or a profile of 45 days would be copied thousands of times.
 */
public final class Axdr {
    private static final int STEP = 64;

    private final GXByteBuffer buffer = new GXByteBuffer(256);

    private void room(int bytes) {
        int needed = buffer.size() + bytes + STEP;
        if (needed > buffer.capacity()) {
            buffer.capacity(Math.max(needed, buffer.capacity() * 2));
        }
    }

    /** Tag and length of an array. */
    public Axdr array(int elements) {
        return head(DataType.ARRAY, elements);
    }

    /** Tag and length of a structure. */
    public Axdr structure(int elements) {
        return head(DataType.STRUCTURE, elements);
    }

    private Axdr head(DataType type, int elements) {
        room(8);
        buffer.setUInt8(type.getValue());
        GXCommon.setObjectCount(elements, buffer);
        return this;
    }

    public Axdr uint8(int value) {
        return put(DataType.UINT8, value);
    }

    public Axdr int8(int value) {
        return put(DataType.INT8, value);
    }

    public Axdr uint16(int value) {
        return put(DataType.UINT16, value);
    }

    public Axdr int16(int value) {
        return put(DataType.INT16, value);
    }

    public Axdr uint32(long value) {
        return put(DataType.UINT32, value);
    }

    public Axdr enumeration(int value) {
        return put(DataType.ENUM, value);
    }

    public Axdr bool(boolean value) {
        return put(DataType.BOOLEAN, value);
    }

    public Axdr octets(byte[] value) {
        room(value.length);
        return put(DataType.OCTET_STRING, value);
    }

    /** An octet-string that holds ASCII text. */
    public Axdr text(String value) {
        return octets(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** An octet-string of six bytes that holds a logical name. */
    public Axdr logicalName(String obis) {
        return octets(GXCommon.logicalNameToBytes(obis));
    }

    /** null-data. */
    public Axdr nothing() {
        return put(DataType.NONE, null);
    }

    /** Bytes that are encoded already. */
    public Axdr raw(byte[] encoded) {
        room(encoded.length);
        buffer.set(encoded);
        return this;
    }

    private Axdr put(DataType type, Object value) {
        room(16);
        GXCommon.setData(null, buffer, type, value);
        return this;
    }

    /** What was written. */
    public byte[] bytes() {
        return buffer.array();
    }

    /** Reads one value and leaves the buffer behind it; a list for arrays and structures, null for null-data. */
    public static Object read(GXByteBuffer data) {
        GXDataInfo info = new GXDataInfo();
        Object value = GXCommon.getData(null, data, info);
        if (!info.isComplete()) {
            throw new IllegalArgumentException("data ends in the middle of a value");
        }
        return value;
    }
}
