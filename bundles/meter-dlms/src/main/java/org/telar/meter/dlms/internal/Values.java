package org.telar.meter.dlms.internal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

import org.openmuc.jdlms.datatypes.BitString;
import org.openmuc.jdlms.datatypes.CosemDateFormat;
import org.openmuc.jdlms.datatypes.DataObject;
import org.openmuc.jdlms.datatypes.DataObject.Type;
import org.telar.meter.dlms.internal.LinkException.Kind;

/** Reads jDLMS data objects with the checks that a value of a bill needs. */
final class Values {
    private Values() {}

    /** A whole number; unsigned 64-bit values above the range of long are refused. */
    static long number(DataObject data) throws LinkException {
        boolean whole = data.isNumber() && data.getType() != Type.FLOAT32 && data.getType() != Type.FLOAT64;
        if (!whole) {
            throw unexpected("a whole number", data);
        }
        Number n = data.getValue();
        long value = n.longValue();
        if (value < 0 && data.getType() == Type.LONG64_UNSIGNED) {
            throw unexpected("a number below 2^63", data);
        }
        return value;
    }

    /** A status word: number, bit string or octets, read as an unsigned number of up to 63 bits. */
    static long bits(DataObject data) throws LinkException {
        byte[] bytes;
        if (data.isBitString()) {
            BitString bits = data.getValue();
            bytes = bits.getBitString();
        } else if (data.isByteArray()) {
            bytes = data.getValue();
        } else if (data.isBoolean()) {
            boolean set = data.getValue();
            return set ? 1 : 0;
        } else {
            long value = number(data);
            return switch (data.getType()) {
                case INTEGER -> value & 0xFF;
                case LONG_INTEGER -> value & 0xFFFF;
                case DOUBLE_LONG -> value & 0xFFFF_FFFFL;
                default -> value & Long.MAX_VALUE;
            };
        }
        if (bytes.length > 8) {
            throw unexpected("a status word of at most 8 bytes", data);
        }
        long word = 0;
        for (byte b : bytes) {
            word = word << 8 | b & 0xFF;
        }
        return word & Long.MAX_VALUE;
    }

    static Optional<CosemTime> time(DataObject data) {
        if (data.isCosemDateFormat()) {
            CosemDateFormat value = data.getValue();
            return CosemTime.of(value.encode());
        }
        return data.isByteArray() ? CosemTime.of(data.getValue()) : Optional.empty();
    }

    /** An identity: printable bytes as text, others as hexadecimal, numbers in decimal. */
    static String text(DataObject data) throws LinkException {
        if (data.isByteArray()) {
            byte[] bytes = data.getValue();
            for (byte b : bytes) {
                if (b < 0x20 || b == 0x7F) {
                    return HexFormat.of().formatHex(bytes);
                }
            }
            return new String(bytes, StandardCharsets.US_ASCII).strip();
        }
        return Long.toString(number(data));
    }

    static LinkException unexpected(String wanted, DataObject data) {
        return new LinkException(Kind.GARBLED, "expected " + wanted + ", got " + data.getType());
    }
}
