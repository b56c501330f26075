package org.telar.store.sqlite.internal;

import java.io.ByteArrayOutputStream;

/**
 * The preset deflate dictionary of form 1: column heads that nearly every block of an electricity meter repeats. Part of
 * the format on disk: never changed, only followed by another form.
 */
final class Dictionary {
    private Dictionary() {}

    static byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] quantities = {8, 7, 6, 5, 2, 1};
        for (int processing : new int[] {8, 29}) {
            for (int quantity : quantities) {
                int unit = quantity <= 2 ? 30 : 32;
                out.writeBytes(
                        new byte[] {1, 0, (byte) quantity, (byte) processing, 0, (byte) 255, 0, (byte) unit, 0, 0});
            }
        }
        // Head of a block of the load profile at 15 minutes: logical name, then period 900 and 96 slots of 6 columns.
        out.writeBytes(new byte[] {1, 1, 0, 99, 2, 0, (byte) 255});
        out.writeBytes(new byte[] {1, 1, 0, 99, 1, 0, (byte) 255});
        out.writeBytes(new byte[] {(byte) 0x84, 7, 96, 6, 2, 96});
        return out.toByteArray();
    }
}
