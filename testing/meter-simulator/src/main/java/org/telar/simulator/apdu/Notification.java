package org.telar.simulator.apdu;

import java.io.ByteArrayOutputStream;
import java.time.Instant;

import org.telar.simulator.cosem.Axdr;
import org.telar.simulator.cosem.CosemTime;
import org.telar.simulator.fleet.Meter;

/** What a meter says on its own: DataNotification and EventNotification (IEC 62056-5-3 §6.11, §6.10). */
public final class Notification {
    /** Alarm register. */
    private static final byte[] ALARM = {0, 1, 0, 0, 97, 98, 0, (byte) 255, 2};

    private static final String PUSH_SETUP = "0.4.25.9.0.255";

    private Notification() {}

    /**
     * A DataNotification whose body is a structure of push setup, identity, clock, status word and alarm register, or
     * the data that is given.
     *
     * @param invoke long invoke id and priority, 32 bits
     * @param body encoded data; empty for the usual one
     */
    public static byte[] data(Meter meter, long invoke, byte[] body) {
        byte[] time = time(meter);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Tag.DATA_NOTIFICATION);
        out.writeBytes(new byte[] {
            (byte) (invoke >> 24), (byte) (invoke >> 16), (byte) (invoke >> 8), (byte) invoke, (byte) time.length
        });
        out.writeBytes(time);
        out.writeBytes(body.length > 0 ? body : usual(meter, time));
        return out.toByteArray();
    }

    private static byte[] usual(Meter meter, byte[] time) {
        return new Axdr()
                .structure(5)
                .logicalName(PUSH_SETUP)
                .text(meter.spec().identity())
                .octets(time)
                .uint32(meter.statusWord())
                .uint32(meter.alarmWord())
                .bytes();
    }

    /** An EventNotification of the alarm register, with its time. */
    public static byte[] event(Meter meter) {
        byte[] time = time(meter);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Tag.EVENT_NOTIFICATION);
        out.write(1);
        out.write(time.length);
        out.writeBytes(time);
        out.writeBytes(ALARM);
        out.writeBytes(new Axdr().uint32(meter.alarmWord()).bytes());
        return out.toByteArray();
    }

    private static byte[] time(Meter meter) {
        Instant now = meter.now();
        return CosemTime.encode(now, meter.zone(), meter.spec().model().deviation());
    }

    /**
     * The notification under the meter's keys: DataNotification as general-glo-ciphering with the meter's system title,
     * EventNotification under its own global tag.
     */
    public static byte[] sealed(Meter meter, byte[] plain) {
        int tag = (plain[0] & 0xFF) == Tag.DATA_NOTIFICATION ? Tag.GENERAL_GLO : Tag.EVENT_NOTIFICATION + Tag.GLO;
        return new Protection(meter, 0, new byte[0]).seal(tag, plain);
    }
}
