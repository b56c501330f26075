package org.telar.meter.dlms.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.openmuc.jdlms.datatypes.BitString;
import org.openmuc.jdlms.datatypes.CompactArray;
import org.openmuc.jdlms.datatypes.CompactArray.DescriptionArray;
import org.openmuc.jdlms.datatypes.CompactArray.TypeDesc;
import org.openmuc.jdlms.datatypes.DataObject;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Expands a compact array (IEC 62056-53 §8.3, TypeDescription): the type is told once, the contents follow without
 * tags. jDLMS hands over both as they are.
 */
final class CompactArrays {
    private CompactArrays() {}

    static List<DataObject> expand(CompactArray array) throws LinkException {
        ByteBuffer in = ByteBuffer.wrap(array.getArrayContents());
        List<DataObject> elements = new ArrayList<>();
        while (in.hasRemaining()) {
            int before = in.remaining();
            elements.add(read(array.getTypeDescription(), in));
            if (in.remaining() == before) {
                throw new LinkException(Kind.GARBLED, "a compact array of empty elements");
            }
        }
        return elements;
    }

    private static DataObject read(TypeDesc type, ByteBuffer in) throws LinkException {
        need(in, size(type));
        return switch (type.getType()) {
            case STRUCTURE -> {
                List<TypeDesc> types = type.getValue();
                List<DataObject> fields = new ArrayList<>(types.size());
                for (TypeDesc field : types) {
                    fields.add(read(field, in));
                }
                yield DataObject.newStructureData(fields);
            }
            case ARRAY -> {
                DescriptionArray description = type.getValue();
                List<DataObject> items = new ArrayList<>();
                for (int i = 0; i < description.getNumOfeElements(); i++) {
                    need(in, 1);
                    items.add(read(description.getTypeDescription(), in));
                }
                yield DataObject.newArrayData(items);
            }
            case NULL_DATA, DONT_CARE -> DataObject.newNullData();
            case BOOL -> DataObject.newBoolData(in.get() != 0);
            case BIT_STRING -> {
                int bits = length(in);
                yield DataObject.newBitStringData(new BitString(bytes(in, (bits + 7) / 8), bits));
            }
            case DOUBLE_LONG -> DataObject.newInteger32Data(in.getInt());
            case DOUBLE_LONG_UNSIGNED -> DataObject.newUInteger32Data(in.getInt() & 0xFFFF_FFFFL);
            case OCTET_STRING -> DataObject.newOctetStringData(bytes(in, length(in)));
            case VISIBLE_STRING -> DataObject.newVisibleStringData(bytes(in, length(in)));
            case UTF8_STRING -> DataObject.newUtf8StringData(bytes(in, length(in)));
            case BCD -> DataObject.newBcdData(in.get());
            case INTEGER -> DataObject.newInteger8Data(in.get());
            case LONG_INTEGER -> DataObject.newInteger16Data(in.getShort());
            case UNSIGNED -> DataObject.newUInteger8Data((short) (in.get() & 0xFF));
            case LONG_UNSIGNED -> DataObject.newUInteger16Data(in.getShort() & 0xFFFF);
            case LONG64 -> DataObject.newInteger64Data(in.getLong());
            case LONG64_UNSIGNED -> DataObject.newUInteger64Data(positive(in.getLong()));
            case ENUMERATE -> DataObject.newEnumerateData(in.get() & 0xFF);
            case FLOAT32 -> DataObject.newFloat32Data(in.getFloat());
            case FLOAT64 -> DataObject.newFloat64Data(in.getDouble());
            case DATE_TIME -> DataObject.newOctetStringData(bytes(in, CosemTime.LENGTH));
            case DATE -> DataObject.newOctetStringData(bytes(in, 5));
            case TIME -> DataObject.newOctetStringData(bytes(in, 4));
            case ERR_NONE_SELECTED -> throw new LinkException(Kind.GARBLED, "a compact array of an unknown type");
        };
    }

    private static int size(TypeDesc type) {
        return switch (type.getType()) {
            case BOOL, BCD, INTEGER, UNSIGNED, ENUMERATE, BIT_STRING, OCTET_STRING, VISIBLE_STRING, UTF8_STRING -> 1;
            case LONG_INTEGER, LONG_UNSIGNED -> 2;
            case DOUBLE_LONG, DOUBLE_LONG_UNSIGNED, FLOAT32 -> 4;
            case LONG64, LONG64_UNSIGNED, FLOAT64 -> 8;
            default -> 0;
        };
    }

    private static long positive(long value) throws LinkException {
        if (value < 0) {
            throw new LinkException(Kind.GARBLED, "a number of 2^63 or more");
        }
        return value;
    }

    private static int length(ByteBuffer in) throws LinkException {
        int first = in.get() & 0xFF;
        if (first < 0x80) {
            return first;
        }
        int count = first & 0x7F;
        if (count < 1 || count > 3) {
            throw new LinkException(Kind.GARBLED, "a compact array with a length of " + count + " bytes");
        }
        need(in, count);
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | in.get() & 0xFF;
        }
        return length;
    }

    private static byte[] bytes(ByteBuffer in, int count) throws LinkException {
        need(in, count);
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    private static void need(ByteBuffer in, int count) throws LinkException {
        if (in.remaining() < count) {
            throw new LinkException(Kind.GARBLED, "a compact array that ends inside an element");
        }
    }
}
