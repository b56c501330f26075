package org.telar.simulator;

import java.lang.reflect.Method;
import java.util.HexFormat;

import gurux.dlms.GXByteBuffer;
import gurux.dlms.GXDLMSClient;
import gurux.dlms.enums.ObjectType;
import gurux.dlms.objects.GXDLMSObject;

/** Gurux's client can read with any access selection, but keeps that method to itself. */
final class ClientAccess {
    private ClientAccess() {}

    /** Frames that read attribute 2 with a selection, given as selector and parameters in hex. */
    static byte[][] read(GXDLMSClient client, GXDLMSObject object, String selection) throws Exception {
        Method read = GXDLMSClient.class.getDeclaredMethod(
                "read", Object.class, ObjectType.class, int.class, GXByteBuffer.class, int.class);
        read.setAccessible(true);
        GXByteBuffer parameters = new GXByteBuffer(HexFormat.of().parseHex(selection));
        return (byte[][]) read.invoke(client, object.getName(), object.getObjectType(), 2, parameters, 0);
    }
}
